import { readGoMod } from "../../../src/packages/manifests/go-mod.js";
import { asked, refused } from "../../support/manifests.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("packages/manifests/go-mod");

test("requirements, those that are marked indirect among them", () => {
  const text = `module example.org/app // ours

go 1.19

require example.org/text v0.3.1
require (
	example.org/Upper/x v1.0.0+incompatible
	"example.org/y" v0.0.0-20230101000000-abcdef012345 // indirect
)

exclude example.org/text v0.3.0
retract (
	v1.0.0
)
`;
  assert.equal(asked(readGoMod, text), [
    "5:1 example.org/text =v0.3.1",
    "7:2 example.org/Upper/x =v1.0.0+incompatible",
    "8:2 example.org/y =v0.0.0-20230101000000-abcdef012345",
  ]);
});

test("replacements, and what nobody knows", () => {
  assert.match(
    refused(readGoMod, "module a\nreplace example.org/a => ../a\n").join(),
    /^2:1 `replace .*elsewhere than its name says/,
  );
  assert.match(refused(readGoMod, "replace (\n\tx => y v1\n)\n").join(), /^1:1 `replace`/);
  assert.match(refused(readGoMod, "surprise x\n").join(), /^1:1 `surprise x` is not accepted/);
  for (const bad of ["require ./a v1.0.0", "require a latest", "require a", "require -x v1.0.0", "require (\na b c\n)"])
    assert.match(refused(readGoMod, `${bad}\n`).join(), "is not a requirement", bad);
  assert.match(refused(readGoMod, "require (\n").join(), "a block of `require` is not closed");
});

test.run();
