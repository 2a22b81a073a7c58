import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { fetchTopology, provideTopology } from "../../maps/interactive/leaflet/topology_cache.js";

const TOPOLOGY = { type: "Topology", objects: {}, arcs: [] };
const { fetch } = globalThis;
globalThis.document ??= { baseURI: "https://buurt.example/map/" };
afterEach(() => {
  globalThis.fetch = fetch;
});

/** Answer every request in the order given, and write down what was asked. */
function answerWith(...answers) {
  const asked = [];
  globalThis.fetch = async (url) => {
    asked.push(String(url));
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return asked;
}

test("a topology is fetched once, however many layers want it, below the address of the page", async () => {
  const asked = answerWith(Response.json(TOPOLOGY));
  const [one, other] = await Promise.all([fetchTopology("geo/one"), fetchTopology("geo/one")]);
  assert.equal(one, other);
  assert.deepEqual(one, TOPOLOGY);
  await fetchTopology("geo/one");
  assert.deepEqual(asked, ["https://buurt.example/map/geo/one"]);
});

test("a failure is not remembered: the next layer asks again", async () => {
  const asked = answerWith(new Response("", { status: 404 }), new TypeError("away"), Response.json(TOPOLOGY));
  await assert.rejects(fetchTopology("geo/two"), /geo\/two: 404/);
  await assert.rejects(fetchTopology("geo/two"), /away/);
  assert.deepEqual(await fetchTopology("geo/two"), TOPOLOGY);
  assert.equal(asked.length, 3);
});

test("what is in the page already is never fetched", async () => {
  const asked = answerWith();
  provideTopology("ground", TOPOLOGY);
  assert.equal(await fetchTopology("ground"), TOPOLOGY);
  assert.deepEqual(asked, []);
});
