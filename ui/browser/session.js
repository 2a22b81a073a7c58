// Exchanges a ticket for the cookie that keeps somebody signed in. No script can read that cookie; this one holds the
// ticket only.

/** Tickets that were exchanged. @type {Set<string>} */
const exchanged = new Set();

/**
 * Exchange a ticket, once. Called by Streamlit at first sight and at every rerun.
 *
 * @param {import("./component.js").Component<{ ticket: string, address: string }>} component
 */
export function open({ data, setStateValue }) {
  if (exchanged.has(data.ticket)) return;
  exchanged.add(data.ticket);
  const url = new URL(data.address, document.baseURI);
  fetch(url, { method: "POST", body: data.ticket, credentials: "same-origin" })
    .catch(() => null) // without a cookie the visit itself is still signed in
    .then(() => setStateValue("settled", true));
}
