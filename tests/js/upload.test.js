import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { test } from "node:test";
import { sha256 } from "../../ui/canvas/src/sha256.js";
import { addressId, composeBody, fitStrokes, readAnswer, waitBefore } from "../../ui/canvas/src/upload.js";

test("our SHA-256 is that of the standard", () => {
  assert.equal(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  for (let length = 0; length < 200; length += 1) {
    const text = randomBytes(length).toString("latin1");
    assert.equal(sha256(text), createHash("sha256").update(text).digest("hex"));
  }
});

test("the address is the one that Python makes of the same key", () => {
  assert.equal(addressId("6f1c8b1e-0000-4000-8000-000000000001"), "d8a63a30-f056-93d9-17e1-3afb3d726cd4");
});

test("strokes get thinner until they fit, from end to end", () => {
  const points = Array.from({ length: 20_000 }, (_, n) => [5.2 + n / 1e6, 52.1 + n / 1e6, n]);
  const [kept] = fitStrokes([{ tool: "lasso", points }]);
  assert.ok(JSON.stringify(kept).length < 180_000);
  assert.deepEqual([kept.points[0], kept.points.at(-1)], [points[0], points.at(-1)]);
  const short = [{ tool: "lasso", points: points.slice(0, 100) }];
  assert.deepEqual(fitStrokes(short), short);
});

test("the key travels in the body, and what the page knows is not overruled by what was drawn", () => {
  const body = JSON.parse(
    composeBody({ address: "x", facts: { project: "p" } }, { id: "k", strokes: [], tool: "lasso" }),
  );
  assert.deepEqual(body, { tool: "lasso", project: "p", version: 1, key: "k", strokes: [] });
});

test("waits grow, are spread by chance and are never shorter than the server asked", () => {
  assert.equal(waitBefore(0, 0, 0), 0.5);
  assert.equal(waitBefore(3, 0, 1), 8);
  assert.equal(waitBefore(20, 0, 1), 30);
  assert.equal(waitBefore(0, 7, 0), 7);
});

test("what is refused is not sent again; a full or busy server and a flood are tried again", () => {
  assert.deepEqual(readAnswer(201, { code: "A" }, 0), { kind: "saved", code: "A" });
  assert.deepEqual(readAnswer(200, { code: "A" }, 0), { kind: "saved", code: "A" });
  for (const status of [400, 403, 409, 413, 422]) assert.equal(readAnswer(status, {}, 0).kind, "refused");
  for (const status of [408, 429, 500, 502, 503, 507]) assert.equal(readAnswer(status, {}, 0).kind, "later");
  assert.deepEqual(readAnswer(503, { sentence: "busy" }, 2), { kind: "later", sentence: "busy", wait_s: 2 });
});
