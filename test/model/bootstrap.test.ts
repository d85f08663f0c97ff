import { bootstrapArguments } from "../../src/model/bootstrap.js";
import { assert, suite } from "../support/suite.js";

const test = suite("model/bootstrap");

const SPEC = { manager: "apt", suite: "bookworm", variant: "apt", packages: ["tzdata", "adduser"] } as const;

test("the arguments of a bootstrap end with its packages in order and its suite", () => {
  assert.equal(bootstrapArguments(SPEC).slice(-2), ["--include=adduser,tzdata", "bookworm"]);
  assert.ok(bootstrapArguments(SPEC).includes("--variant=apt"));
});

test("without packages there is nothing to include", () => {
  assert.not(
    bootstrapArguments({ ...SPEC, packages: [] })
      .join(" ")
      .includes("--include"),
  );
});

test.run();
