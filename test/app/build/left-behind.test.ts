import { leftFindings } from "../../../src/app/build/left-behind.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("app/build/left-behind");
const NOTHING = { containers: [], images: [], directories: [] };

test("what is left is counted; nothing is not mentioned", () => {
  assert.equal(leftFindings(NOTHING), []);
  const [finding] = leftFindings({ containers: ["a"], images: ["b", "c"], directories: [] });
  assert.is(finding?.found, "1 container, 2 unfinished images");
  assert.match(finding?.advice ?? "", /slipway build/);
});

test("a storage that cannot be used is said with why", () => {
  assert.is(
    leftFindings({ ...NOTHING, damage: "unexpected end of JSON input" })[0]?.found,
    "unexpected end of JSON input",
  );
});

test.run();
