import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.document = { addEventListener: () => {} };
const { StepGate } = await import("../../ui/browser/step_gate.js");
const { composeMessage, messageLinks } = await import("../../ui/browser/keep_code.js");
const { withoutStored } = await import("../../ui/browser/typed_text.js");

/** Look at a page every 100 ms, until a time in ms; its heading changes and it rests at the times given. */
function openedAt({ heading, rest, until = 30_000 }) {
  const gate = new StepGate();
  gate.press(0, "one");
  for (let now = 100; now <= until; now += 100) {
    gate.look(now, {
      isRunning: now >= (rest.from ?? 0) && now < rest.at,
      heading: now >= heading ? "two" : "one",
    });
    if (!gate.isClosed) return now;
  }
  return null;
}

test("a step can be pressed 600 ms after it stands at rest", () => {
  assert.equal(openedAt({ heading: 300, rest: { at: 500 } }), 1100);
});

test("a page that is made between two looks, under the same heading, is known by the server's answer", () => {
  const gate = new StepGate();
  gate.press(0, "one");
  gate.answer();
  gate.look(50, { isRunning: false, heading: "one" });
  gate.look(649, { isRunning: false, heading: "one" });
  assert.equal(gate.isClosed, true);
  gate.look(650, { isRunning: false, heading: "one" });
  assert.equal(gate.isClosed, false);
});

test("a press that is still on its way keeps the gate closed", () => {
  assert.equal(openedAt({ heading: 2600, rest: { from: 2000, at: 3000 } }), 3600);
});

test("a press that changes nothing, as one that is refused, opens the gate again", () => {
  assert.equal(openedAt({ heading: Infinity, rest: { from: 200, at: 400 } }), 1000);
});

test("a press that nobody answers can be repeated after five seconds", () => {
  assert.equal(openedAt({ heading: Infinity, rest: { from: Infinity, at: 0 } }), 5000);
});

test("a page that goes on working stays closed", () => {
  assert.equal(openedAt({ heading: 300, rest: { at: Infinity } }), null);
});

test("what the server has is not kept in the tab; blanks do not count, another text does", () => {
  const typed = { text_name: " De  Plas ", text_signal: "meer bomen", text_idea: "" };
  const stored = { text_name: "De Plas", text_signal: "meer" };
  assert.deepEqual(withoutStored(typed, stored), { text_signal: "meer bomen", text_idea: "" });
});

test("a message to oneself holds the code and the page, and every sign of it is escaped in the address", () => {
  const words = { message: "Code {code}: {address}" };
  const message = composeMessage(words, "ABCD-EFGH-2345", "https://buurt.example/?a=1&b=2");
  assert.equal(message, "Code ABCD-EFGH-2345: https://buurt.example/?a=1&b=2");
  const { mail, text } = messageLinks("Mijn code", message);
  assert.equal(new URL(mail).searchParams.get("body"), message);
  assert.equal(text, `sms:?&body=${encodeURIComponent(message)}`);
});
