// Topologies by address, each fetched once however many layers are drawn from it.

/** @type {Map<string, Promise<Topology>>} */
const topologies = new Map();

/**
 * Fetch a topology, or return the one that was fetched before. A failure is not remembered.
 *
 * @param {string} url
 * @returns {Promise<Topology>}
 */
export function fetchTopology(url) {
  const known = topologies.get(url);
  if (known) return known;
  const fetching = fetch(new URL(url, document.baseURI)).then((answer) => {
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
    return answer.json();
  });
  fetching.catch(() => topologies.delete(url));
  topologies.set(url, fetching);
  return fetching;
}

/**
 * Provide a topology that is in the page already, so that it is never fetched.
 *
 * @param {string} url
 * @param {Topology} topology
 */
export function provideTopology(url, topology) {
  topologies.set(url, Promise.resolve(topology));
}
