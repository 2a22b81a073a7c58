// What this browser holds of the app, for a second visit on a poor line and for a page that is loaded again without one:
// scripts and sheets, which carry their release in their address, the ground of the map, and a page that says that there
// is no connection. Nothing of a visit, no page of staff and no answer of the server to anybody is ever held.

/**
 * @typedef {Event & { waitUntil(work: Promise<unknown>): void }} Phase
 * @typedef {Phase & { request: Request, respondWith(answer: Promise<Response>): void }} Asked
 * @typedef {{
 *   location: Location,
 *   registration: ServiceWorkerRegistration,
 *   clients: { claim(): Promise<void> },
 *   skipWaiting(): Promise<void>,
 *   addEventListener(kind: "install" | "activate", act: (event: Phase) => void): void,
 *   addEventListener(kind: "fetch", act: (event: Asked) => void): void,
 *   addEventListener(kind: "message", act: (event: Phase & MessageEvent) => void): void,
 * }} Worker
 */

const worker = /** @type {Worker} */ (/** @type {unknown} */ (self));
const asked = new URL(worker.location.href).searchParams;
const PREFIX = "buurt-";
/** One release has one store; the stores of others are deleted. */
const STORE = PREFIX + (asked.get("release") ?? "");
const LANGUAGES = (asked.get("languages") ?? "nl").split(",");

/** Addresses of which the contents never change: they carry a release or a digest. */
const SCRIPTS = /^(static\/(js|css)\/|assets\/[^/]+\/).+\.(js|css)$/;
/** What everybody sees below the map. */
const GROUND = /^geo\/[A-Za-z0-9_-]+\/(basemap\.topojson|names\.json)$/;
const RESIDENTS = /^(teken)?$/;

/**
 * Return the path of an address below the app; null for one elsewhere.
 *
 * @param {string} address
 */
function pathBelow(address) {
  const { scope } = worker.registration;
  const { origin, pathname } = new URL(address);
  return (origin + pathname).startsWith(scope) ? (origin + pathname).slice(scope.length) : null;
}

/** @param {string} language */
function awayPage(language) {
  return new URL(`away.html?taal=${language}`, worker.registration.scope).href;
}

/**
 * Hold an answer. The store of a release that is over is gone, and is not made again.
 *
 * @param {Request | string} request
 * @param {Response} answer
 */
async function put(request, answer) {
  if (await caches.has(STORE)) await (await caches.open(STORE)).put(request, answer);
}

/**
 * Fetch, and hold the answer where it is a whole one.
 *
 * @param {Request | string} request
 */
async function fetchAndHold(request) {
  const answer = await fetch(request);
  if (answer.status === 200 && answer.type === "basic") {
    const copy = answer.clone();
    await put(request, copy).catch(() => {}); // a full disk is no reason to show nothing
  }
  return answer;
}

/** @param {Request} request */
async function fromStore(request) {
  const held = await caches.match(request, { cacheName: STORE, ignoreVary: true });
  return held ?? fetchAndHold(request);
}

/** @param {Request} request */
async function fromServer(request) {
  try {
    return await fetchAndHold(request);
  } catch (problem) {
    const held = await caches.match(request, { cacheName: STORE, ignoreVary: true });
    if (held) return held;
    throw problem;
  }
}

/**
 * Return the page as the server has it now; without a connection the page that says so.
 *
 * @param {Request} request
 */
async function toPage(request) {
  try {
    return await fetch(request);
  } catch (problem) {
    const wanted = new URL(request.url).searchParams.get("taal") ?? navigator.language.slice(0, 2);
    const language = LANGUAGES.includes(wanted) ? wanted : (LANGUAGES[0] ?? "nl");
    const held = await caches.match(awayPage(language), { cacheName: STORE, ignoreVary: true });
    if (held) return held;
    throw problem;
  }
}

/** @param {unknown} addresses */
async function hold(addresses) {
  for (const address of Array.isArray(addresses) ? addresses : []) {
    const path = pathBelow(String(address));
    if (path === null || !(SCRIPTS.test(path) || GROUND.test(path))) continue;
    if (!(await caches.match(address, { cacheName: STORE, ignoreVary: true })))
      await fetchAndHold(address).catch(() => {});
  }
}

worker.addEventListener("install", (event) => {
  const pages = LANGUAGES.map((language) => new Request(awayPage(language), { cache: "no-cache" }));
  event.waitUntil(caches.open(STORE).then((store) => store.addAll(pages)));
  worker.skipWaiting();
});

worker.addEventListener("activate", (event) => {
  const tidy = async () => {
    for (const name of await caches.keys())
      if (name.startsWith(PREFIX) && name !== STORE) await caches.delete(name);
    await worker.clients.claim();
  };
  event.waitUntil(tidy());
});

worker.addEventListener("message", (event) => event.waitUntil(hold(event.data?.hold)));

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const path = request.method === "GET" ? pathBelow(request.url) : null;
  if (path === null) return;
  if (request.mode === "navigate") {
    if (RESIDENTS.test(path)) event.respondWith(toPage(request));
  } else if (SCRIPTS.test(path)) event.respondWith(fromStore(request));
  else if (GROUND.test(path)) event.respondWith(fromServer(request));
});
