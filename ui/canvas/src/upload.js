// One save over plain HTTP: what is sent, what the server answered, and how long to wait before it is sent again.

import { sha256 } from "./sha256.js";

/**
 * @typedef {import("./sketch.js").SketchResult} SketchResult
 * @typedef {import("./sketch.js").Stroke} Stroke
 * @typedef {{ address: string, facts: Record<string, unknown> }} SaveTarget
 *   Where drawings of this visit go, and what the page knows of the visit.
 * @typedef {{ kind: "saved", code: string } | { kind: "refused" | "later", sentence: string, wait_s: number }} Answer
 */

/** In front of the key: the address tells nothing of it, nor of what is made of the key elsewhere. */
const ADDRESS_LABEL = "beleefde buurt: address of a contribution\0";
/** What the server takes in strokes and in their number; the outline never gets thinner. */
const MAX_STROKE_BYTES = 180_000;
const MAX_STROKES = 200;
/** A request that outlives its page may not be larger. */
const MAX_KEEPALIVE_BYTES = 60_000;
const PATIENCE_MS = 20_000;
const MAX_WAIT_S = 30;

/**
 * Return the id in the address of a contribution: a one-way hash of the key that this device made.
 *
 * @param {string} key
 */
export function addressId(key) {
  const hex = sha256(ADDRESS_LABEL + key);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    "-",
  );
}

/**
 * Return the strokes with fewer points, until they fit; the first and last point of each stay.
 *
 * @param {Stroke[]} strokes
 * @returns {Stroke[]}
 */
export function fitStrokes(strokes) {
  let kept = strokes.slice(-MAX_STROKES);
  while (JSON.stringify(kept).length > MAX_STROKE_BYTES && kept.some(({ points }) => points.length > 2))
    kept = kept.map(({ points, ...stroke }) => ({
      ...stroke,
      points: points.filter((_, nth) => nth % 2 === 0 || nth === points.length - 1),
    }));
  return kept;
}

/**
 * Compose the body of a save.
 *
 * @param {SaveTarget} target
 * @param {SketchResult} result
 */
export function composeBody({ facts }, { id, strokes, ...result }) {
  return JSON.stringify({ ...result, ...facts, version: 1, key: id, strokes: fitStrokes(strokes) });
}

/**
 * Return how many seconds to wait: longer every time, by chance so that not a whole hall comes back at once, and never
 * shorter than the server asked.
 *
 * @param {number} attempt From 0.
 * @param {number} asked_s
 * @param {number} chance Between 0 and 1.
 */
export function waitBefore(attempt, asked_s, chance) {
  return Math.max(asked_s, Math.min(MAX_WAIT_S, 2 ** attempt) * (0.5 + chance / 2));
}

/**
 * Send a drawing once. It is in the store when the answer is "saved"; "later" may be sent again.
 *
 * @param {SaveTarget} target
 * @param {SketchResult} result
 * @param {AbortSignal} signal
 * @returns {Promise<Answer>}
 */
export async function putDrawing(target, result, signal) {
  const body = composeBody(target, result);
  const url = new URL(`${target.address}/${addressId(result.id)}`, document.baseURI);
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  signal.addEventListener("abort", () => patience.abort(), { signal: patience.signal });
  try {
    const response = await fetch(url, {
      method: "PUT",
      headers: { "Content-Type": "application/json", "X-Buurt": "1" },
      body,
      cache: "no-store",
      credentials: "omit",
      keepalive: new Blob([body]).size < MAX_KEEPALIVE_BYTES,
      signal: patience.signal,
    });
    return readAnswer(response.status, await response.json(), Number(response.headers.get("Retry-After")));
  } catch {
    return { kind: "later", sentence: "", wait_s: 0 };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param {number} status
 * @param {{ code?: unknown, sentence?: unknown }} told
 * @param {number} wait_s
 * @returns {Answer}
 */
export function readAnswer(status, told, wait_s) {
  if (status === 200 || status === 201) return { kind: "saved", code: String(told.code ?? "") };
  const isFinal = status >= 400 && status < 500 && status !== 429 && status !== 408;
  return { kind: isFinal ? "refused" : "later", sentence: String(told.sentence ?? ""), wait_s: wait_s || 0 };
}
