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

test.run();
