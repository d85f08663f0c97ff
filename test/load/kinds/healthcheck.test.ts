import { loadMemory, placesOf } from "../../support/memory-tree.js";
import { assert, suite } from "../../support/suite.js";
import { IMAGE, loadFiles, removeTemporary } from "../temporary-catalogue.js";

const test = suite("load/kinds/healthcheck");
test.after(removeTemporary);

const load = (key: string, text: string) =>
  loadFiles({ "images/a/image.yaml": `${IMAGE}run: { healthcheck: { command: [x], ${key}: ${text} } }\n` });

for (const key of ["interval", "timeout", "start-period"]) {
  for (const [text, problem] of [
    ["0s", undefined],
    ["1ms", undefined],
    ["999999h", undefined],
    ["0.9ms", `\`${key}\` must be at least one millisecond`],
    ["999999h999999h999999h", `\`${key}\` must be less than 292 years`],
  ] as const) {
    test(`${key}: ${text}`, async () => {
      const { diagnostics } = await load(key, text);
      assert.equal(
        diagnostics.map(({ message }) => message),
        problem === undefined ? [] : [problem],
      );
    });
  }
}

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

test.run();
