import fc from "fast-check";
import { durationText, parseDuration } from "../../src/model/duration.js";
import { loadMemory, placesOf } from "../support/memory-tree.js";
import { assert, suite } from "../support/suite.js";

const test = suite("load/durations of a healthcheck");

const FILE = "images/a/image.yaml";
const HEAD =
  "kind: BaseImage\nname: a\nversion: 1\nfrom: scratch\nos: debian\nrun:\n  healthcheck:\n    command: [x]\n";

async function read(text: string) {
  const { catalogue, diagnostics } = await loadMemory({ [FILE]: HEAD + text });
  assert.equal(diagnostics, []);
  return [...catalogue.images.values()][0]?.run.healthcheck;
}
const COMMAND = { type: "command", command: { form: "exec", argv: ["x"] } };

test("durations are nanoseconds, numbers are numbers, and what is not said is left out", async () => {
  assert.equal(await read(""), COMMAND);
  assert.equal(await read("    interval: 1m30s\n    timeout: 500ms\n    start-period: 1.5h\n    retries: 7\n"), {
    ...COMMAND,
    interval: 90e9,
    timeout: 500e6,
    startPeriod: 5400e9,
    retries: 7,
  });
  assert.equal(await read("    interval: 0s\n    start-period: 0s\n"), { ...COMMAND, interval: 0, startPeriod: 0 });
});

test("none and text", async () => {
  const run = async (text: string) => {
    const { catalogue } = await loadMemory({ [FILE]: HEAD.slice(0, HEAD.indexOf("  healthcheck:")) + text });
    return [...catalogue.images.values()][0]?.run.healthcheck;
  };
  assert.equal(await run("  healthcheck: none\n"), { type: "none" });
  assert.equal(await run("  healthcheck: { command: curl -f localhost }\n"), {
    type: "command",
    command: { form: "shell", text: "curl -f localhost" },
  });
  assert.equal(await run("  healthcheck:\n"), undefined);
});

test("what is no duration, or too short for Docker", async () => {
  const place = `${FILE}:9:15 invalid-value`;
  for (const text of [
    "30",
    "s",
    "1d",
    "-1s",
    "1 s",
    "1us",
    "0.5ms",
    "0.0009ms",
    "1s2",
    ".5s",
    "1e3s",
    "9999999s",
    '""x',
  ])
    assert.is((await placesOf({ [FILE]: `${HEAD}    interval: ${text}\n` })).length, 1, text);
  assert.equal(await placesOf({ [FILE]: `${HEAD}    interval: 1us\n` }), [place]);
  assert.equal(await placesOf({ [FILE]: `${HEAD}    interval: 0.5ms\n` }), [place]);
  assert.equal(await placesOf({ [FILE]: `${HEAD}    interval:\n` }), [`${FILE}:9:13 invalid-value`]);
  assert.equal(await placesOf({ [FILE]: `${HEAD}    retries: 0\n` }), [`${FILE}:9:14 invalid-value`]);
  assert.equal(await placesOf({ [FILE]: `${HEAD}    retries: 1.5\n` }), [`${FILE}:9:14 invalid-value`]);
});

test("the shortest text, and back", () => {
  const shortest = { "0s": "0s", "90s": "90s", "1m30s": "90s", "120s": "2m", "1.5h": "90m", "1500ms": "1500ms" };
  for (const [given, text] of Object.entries(shortest)) assert.is(durationText(parseDuration(given)), text, given);
  const parts = fc.record({ h: fc.nat(99), m: fc.nat(99), s: fc.nat(99), ms: fc.nat(9999) });
  const property = fc.property(parts, ({ h, m, s, ms }) => {
    const nanoseconds = parseDuration(`${h}h${m}m${s}s${ms}ms`);
    assert.is(nanoseconds, (((h * 60 + m) * 60 + s) * 1000 + ms) * 1e6);
    assert.is(parseDuration(durationText(nanoseconds)), nanoseconds);
  });
  fc.assert(property, { seed: 1 });
});

test.run();
