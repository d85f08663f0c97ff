import type { LockedPackage, LockManager } from "../../src/model/lock.js";
import { fetchCommand, fetchedFile, fetchSpecs } from "../../src/packages/fetch-commands.js";
import { assert, suite } from "../support/suite.js";

const test = suite("packages/fetch-commands");

const entry = (manager: LockManager, name: string, version: string, arch?: string): LockedPackage => {
  return { manager, name, version, file: "", size: 1, sha256: "0", why: [], ...(arch === undefined ? {} : { arch }) };
};

test("each manager's words for exactly one version", () => {
  const specs = (...entries: LockedPackage[]) => fetchSpecs(entries[0]?.manager ?? "apt", entries);
  assert.equal(specs(entry("apt", "libpq5", "15.18-0", "amd64"), entry("apt", "adduser", "3.134", "all")), [
    "libpq5:amd64=15.18-0",
    "adduser=3.134",
  ]);
  assert.equal(specs(entry("pip", "greeting", "1.0"), entry("pip", "greeting", "1.0")), ["greeting==1.0"]);
  assert.equal(specs(entry("npm", "@scope/tool", "3.0.0")), ["@scope/tool@3.0.0"]);
  assert.equal(specs(entry("dnf", "bash", "0:5.2-1", "x86_64")), ["bash-0:5.2-1.x86_64"]);
  assert.equal(fetchCommand("pip", "/a b", [entry("pip", "x", "1")]).slice(-2), ["/a b", "x==1"]);
});

test("the file that came for a package is known by its name", () => {
  const cases: readonly [LockedPackage, string, string][] = [
    [entry("apt", "libpq5", "1:15.18-0", "amd64"), "libpq5_1%3a15.18-0_amd64.deb", "libpq5_15.18-0_amd64.deb"],
    [entry("pip", "My.Package", "1.0"), "my_package-1.0-py3-none-any.whl", "my_package-1.0.1-py3-none-any.whl"],
    [entry("npm", "@scope/tool", "3.0.0"), "scope-tool-3.0.0.tgz", "tool-3.0.0.tgz"],
    [entry("dnf", "bash", "1:5.2-1", "x86_64"), "bash-5.2-1.x86_64.rpm", "bash-5.2-2.x86_64.rpm"],
  ];
  for (const [wanted, file, other] of cases) {
    assert.is(fetchedFile(wanted, ["%zz", other, file]), file);
    assert.is(fetchedFile(wanted, [other]), undefined);
  }
});

test.run();
