// What Streamlit says in English is said in the visitor's language; a lost connection is announced, and taken back when
// the server answers again.

const POLL_MS = 4000;
/** How long it is said that the connection is back. */
const BACK_MS = 3000;

/**
 * Read a sentence that the server put in the head of the page.
 *
 * @param {string} name
 */
function readSentence(name) {
  const meta = document.querySelector(`meta[name="buurt-${name}"]`);
  return meta instanceof HTMLMetaElement ? meta.content : "";
}

// What a list says when nothing in it is like what was typed; shell.css puts it there.
document.documentElement.style.setProperty("--buurt-nothing", JSON.stringify(readSentence("nothing")));

// What was loaded is told to the service worker: it is more than a browser lists by itself.
performance.setResourceTimingBufferSize(1000);

const banner = document.createElement("div");
banner.id = "buurt-away";
banner.setAttribute("role", "status");
banner.hidden = true;

let isAway = false;

/** @param {boolean} now */
function announceAway(now) {
  if (now === isAway) return;
  isAway = now;
  document.body.classList.toggle("buurt-away", now);
  // Without https a browser may hold nothing: there a page that is loaded again without a connection stays away.
  const canHold = Boolean(navigator.serviceWorker?.controller);
  banner.textContent = readSentence(now ? (canHold ? "away" : "away_bare") : "back");
  banner.hidden = false;
  if (!now)
    setTimeout(() => {
      banner.hidden = !isAway;
    }, BACK_MS);
}

async function pollServer() {
  if (document.hidden) return;
  try {
    const url = new URL("healthz", document.baseURI);
    const answer = await fetch(url, { cache: "no-store", signal: AbortSignal.timeout(POLL_MS) });
    // The page on which a hotel or train asks to sign in answers to any address, but not this.
    announceAway(!(answer.ok && (await answer.json()).status === "ok"));
  } catch {
    announceAway(true);
  }
}

/** Streamlit's own dialogs make the page behind them deaf; close them, so that drawing goes on. */
function closeDialog() {
  const button = document.querySelector('[data-testid="stDialog"] button[aria-label="Close"]');
  if (button instanceof HTMLElement) button.click();
}

/** Streamlit's link past the head of the page, for who goes by keyboard, speaks English. */
function translateSkipLink() {
  const link = document.querySelector('[data-testid="stSkipToContent"]');
  const sentence = readSentence("skip");
  if (link && sentence && link.textContent !== sentence) link.textContent = sentence;
}

/** The app's own button that does what the button of the first screen says. */
const JOIN = ".st-key-join button";
/** The button that leads back to the drawing that this phone remembers. */
const REMEMBERED = ".st-key-remembered";
let hasFirst = document.getElementById("buurt-first") !== null;
let hasJoined = false;
let hasFetched = false;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let silent;

/** How long somebody who pressed waits for the app before the page is loaded anew, as the link itself would. */
const PATIENCE_MS = 20_000;

// What lies behind the first screen is not there yet for who goes by keyboard or listens.
const behind = document.getElementById("root");
if (hasFirst && behind) behind.inert = true;

document.querySelector("#buurt-first .join")?.addEventListener("click", (event) => {
  const link = event.currentTarget;
  if (hasJoined || !(link instanceof HTMLAnchorElement)) return;
  // The app is on its way: loading the page anew would only begin that again.
  event.preventDefault();
  hasJoined = true;
  link.setAttribute("aria-busy", "true");
  setTimeout(() => {
    if (hasFirst) location.assign(link.href);
  }, PATIENCE_MS);
});

/** How long the screen that can be used has the line for itself. */
const LATER_MS = 2000;
/** How long a page may rest without saying anything before the first screen makes room all the same. */
const SILENT_MS = 3000;

/** Whether the app's script is at rest. */
function isAtRest() {
  return document.querySelector("[data-testid='stApp'][data-test-script-state='notRunning']") !== null;
}

/** Whether the app's own screen stands: before it knows the tab it rests with nothing but the links at the foot. */
function hasSpoken() {
  const sign = hasFirst ? ":is([data-testid='stButton'], [data-testid='stAlert'])" : "h1";
  return document.querySelector(`[data-testid='stMain'] ${sign}`) !== null;
}

/** Remove the first screen; what was pressed on it is carried out, unless there is a drawing to go back to. */
function removeFirst() {
  hasFirst = false;
  const first = document.getElementById("buurt-first");
  const hadFocus = first?.contains(document.activeElement);
  first?.remove();
  if (behind) behind.inert = false;
  const button = document.querySelector(JOIN);
  if (!(button instanceof HTMLElement)) return;
  if (hadFocus) button.focus({ preventScroll: true });
  if (hasJoined && !document.querySelector(REMEMBERED)) button.click();
}

/** Remove the first screen once the app's own stands; after a press, once its button can be pressed too. */
function replaceFirst() {
  if (!hasFirst) return;
  if (hasSpoken() && (isAtRest() || !hasJoined)) removeFirst();
  else if (isAtRest() && silent === undefined)
    silent = setTimeout(() => {
      silent = undefined;
      // With a press the patience above has the last word.
      if (hasFirst && !hasJoined && isAtRest()) removeFirst();
    }, SILENT_MS);
}

/** How long what was fetched for later has the line for itself. */
const HOLD_MS = 4000;

/** Have the browser hold scripts and ground for a next visit, also without network; where it cannot, nothing changes. */
async function holdForLater() {
  const address = readSentence("worker");
  if (!address || !navigator.serviceWorker) return;
  try {
    await navigator.serviceWorker.register(address, { updateViaCache: "none" });
    const { active } = await navigator.serviceWorker.ready;
    active?.postMessage({ hold: performance.getEntriesByType("resource").map(({ name }) => name) });
  } catch {
    // A browser may refuse, as in a private window.
  }
}

/** Fetch what later screens need, a moment after this one can be used: not a byte before. */
function fetchLater() {
  if (hasFetched || hasFirst || !isAtRest() || !hasSpoken()) return;
  hasFetched = true;
  setTimeout(() => {
    for (const address of readSentence("later").split(" ").filter(Boolean)) {
      const link = document.createElement("link");
      link.rel = "prefetch";
      link.href = address;
      document.head.append(link);
    }
    setTimeout(holdForLater, HOLD_MS);
  }, LATER_MS);
}

document.body.append(banner);
translateSkipLink();
new MutationObserver(() => {
  translateSkipLink();
  closeDialog();
  replaceFirst();
  fetchLater();
}).observe(document.body, { childList: true, subtree: true, attributeFilter: ["data-test-script-state"] });
window.addEventListener("offline", () => announceAway(true));
window.addEventListener("online", pollServer);
document.addEventListener("visibilitychange", pollServer);
setInterval(pollServer, POLL_MS);
