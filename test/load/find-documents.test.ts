import { assert, suite } from "../support/suite.js";
import { loadFiles, places, removeTemporary } from "./temporary-catalogue.js";

const test = suite("load/find-documents");
test.after(removeTemporary);

test("other YAML in policies/ is not read, and that is said", async () => {
  const files = ["policies/roles.yml", "policies/exception.yaml", "policies/deep/roles.yaml", "policies/README.md"];
  const loaded = await loadFiles(Object.fromEntries(files.map((file) => [file, "anything: [\n"])));
  assert.equal(places(loaded), [
    "policies/deep/roles.yaml:1:1 ignored-file",
    "policies/exception.yaml:1:1 ignored-file",
    "policies/roles.yml:1:1 ignored-file",
  ]);
  const [{ severity, hint } = { severity: "", hint: "" }] = loaded.diagnostics;
  assert.equal(
    [severity, hint],
    [
      "warning",
      "policies are policies/roles.yaml, policies/exceptions.yaml, policies/operating-systems.yaml, policies/vulnerabilities.yaml, policies/packages.yaml, policies/licenses.yaml, policies/bases.yaml, policies/images.yaml and policies/tests/<name>.yaml",
    ],
  );
});

test.run();
