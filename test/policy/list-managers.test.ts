import { managerFor } from "../../src/packages/managers.js";
import { listManagerProblems } from "../../src/policy/list-managers.js";
import { approvedList, catalogue, fakeSource } from "../support/definitions.js";
import { assert, suite } from "../support/suite.js";

const test = suite("policy/list-managers");

function said(os: string, name: string): string[] {
  const manager = { name, source: fakeSource(`catalog/system/${os}.yaml`), pointer: "/manager" };
  const lists = new Map([[os, { ...approvedList(os, {}), manager }]]);
  const known = (scope: string) => managerFor("system", scope);
  return listManagerProblems({ ...catalogue([]), systemLists: lists }, known).map(
    ({ code, message, file, excerpt }) => `${file} ${excerpt} ${code}: ${message}`,
  );
}

test("a known system has its own manager, whatever a list says", () => {
  assert.equal(said("debian", "dnf"), [
    "catalog/system/debian.yaml /manager known-manager: the packages of debian are installed by apt, not by dnf",
  ]);
  assert.equal(said("debian", "apt"), [], "said once more");
  assert.equal(said("altlinux", "dnf"), []);
});

test.run();
