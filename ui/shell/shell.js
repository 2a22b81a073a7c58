// What Streamlit says in English is said in the visitor's language; a lost connection is taken back when the server answers again.

const ASK_EVERY_MS = 4000;
const said = (name) => document.querySelector(`meta[name="buurt-${name}"]`)?.content ?? "";

// What a list says when nothing in it is like what was typed; shell.css puts it there.
document.documentElement.style.setProperty("--buurt-nothing", JSON.stringify(said("nothing")));

const banner = document.createElement("div");
banner.id = "buurt-away";
banner.setAttribute("role", "status");
banner.hidden = true;

let away = false;

function tell(now) {
  if (now === away) return;
  away = now;
  document.body.classList.toggle("buurt-away", now);
  banner.textContent = now ? said("away") : said("back");
  banner.hidden = false;
  if (!now) setTimeout(() => (banner.hidden = !away), 3000);
}

async function ask() {
  if (document.hidden) return;
  try {
    const answer = await fetch(new URL("healthz", document.baseURI), { cache: "no-store", signal: AbortSignal.timeout(ASK_EVERY_MS) });
    tell(!answer.ok);
  } catch {
    tell(true);
  }
}

/** Streamlit's own dialogs make the page behind them deaf; close them, so that drawing goes on. */
function close() {
  document.querySelector('[data-testid="stDialog"] button[aria-label="Close"]')?.click();
}

/** Streamlit's link past the head of the page, for who goes by keyboard, speaks English. */
function translate() {
  const link = document.querySelector('[data-testid="stSkipToContent"]');
  if (link && said("skip") && link.textContent !== said("skip")) link.textContent = said("skip");
}

document.body.append(banner);
translate();
new MutationObserver(translate).observe(document.body, { childList: true, subtree: true });
new MutationObserver(close).observe(document.body, { childList: true, subtree: true });
window.addEventListener("offline", () => tell(true));
window.addEventListener("online", ask);
document.addEventListener("visibilitychange", ask);
setInterval(ask, ASK_EVERY_MS);
