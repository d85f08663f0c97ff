import { leftFindings } from "../../../src/app/build/left-behind.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("app/build/left-behind");
const NOTHING = { containers: [], orphans: [], images: [], directories: [] };

test("what is left is counted; nothing is not mentioned", () => {
  assert.equal(leftFindings(NOTHING), []);
  const [finding] = leftFindings({ ...NOTHING, containers: ["a"], images: ["b", "c"] });
  assert.is(finding?.found, "1 container, 2 unfinished images");
  const [orphan] = leftFindings({ ...NOTHING, orphans: ["buildah-1"] });
  assert.is(orphan?.found, "1 container of an OCI runtime");
  assert.match(finding?.advice ?? "", /slipway build/);
});

test("a storage that cannot be used is said with why", () => {
  assert.is(
    leftFindings({ ...NOTHING, damage: "unexpected end of JSON input" })[0]?.found,
    "unexpected end of JSON input",
  );
});

test.run();
