// Exchanges a ticket for the cookie that keeps somebody signed in. No script can read that cookie; this one holds the ticket only.

const asked = new Set();

/** Called by Streamlit at first sight and at every rerun. */
export function open({ data, setStateValue }) {
  if (asked.has(data.ticket)) return;
  asked.add(data.ticket);
  fetch(new URL(data.address, document.baseURI), { method: "POST", body: data.ticket, credentials: "same-origin" })
    .catch(() => null) // without a cookie the visit itself is still signed in
    .then(() => setStateValue("settled", true));
}
