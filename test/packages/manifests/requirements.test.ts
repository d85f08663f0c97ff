import { readRequirements } from "../../../src/packages/manifests/requirements.js";
import { asked, refused } from "../../support/manifests.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("packages/manifests/requirements");
const HASH = `--hash=sha256:${"0".repeat(64)}`;

test("names, versions, ranges, extras, markers, hashes and comments", () => {
  const text = `# of ours
Flask==2.2.2  # exact
requests [security] >= 2.8.1, == 2.8.*
urllib3 (<2)
ruamel.yaml===0.17.21 ; python_version < "3.13"
plain

idna==3.4 \\
    ${HASH} \\
    ${HASH}
--require-hashes
star==2.*
`;
  assert.equal(asked(readRequirements, text), [
    "2:1 Flask =2.2.2",
    "3:1 requests >= 2.8.1, == 2.8.*",
    "4:1 urllib3 <2",
    "5:1 ruamel.yaml =0.17.21 ?",
    "6:1 plain",
    "8:1 idna =3.4",
    "12:1 star ==2.*",
  ]);
});

test("options, addresses and paths are refused with a reason", () => {
  const lines: Readonly<Record<string, string>> = {
    "-r other.txt": "another file would be read",
    "-rother.txt": "another file would be read",
    "--requirement=other.txt": "another file would be read",
    "-e .": "copy your own code as an artifact",
    "--index-url https://evil.example/simple": "a setting of the machine",
    "--extra-index-url=https://evil.example/simple": "a setting of the machine",
    "-f /wheels": "a setting of the machine",
    "--pre": "only packages may stand",
    "https://evil.example/a.whl": "is a path or an address",
    "./a.whl": "is a path or an address",
    "/a.whl": "is a path or an address",
    "a/b.whl": "is a path or an address",
    "git+https://evil.example/a": "is a path or an address",
    "a @ https://evil.example/a.whl": "is a path or an address",
    "a @ file:///a.whl": "is a path or an address",
    "a ==1 --install-option=x": "may follow a package",
    "a ==1 --config-settings x=y": "may follow a package",
    "a == 1; rm": "",
    "a >> 1": "is not a version specifier",
    "a ==1 || 2": "is not a version specifier",
    "a 1.0": "is not a version specifier",
    "a==$": "is not a version specifier",
  };
  for (const [line, expected] of Object.entries(lines)) {
    const found = refused(readRequirements, `ok==1\n  ${line}\n`);
    if (expected === "") assert.equal(found, [], line);
    else assert.match(found.join(), expected, line);
    assert.ok(found.length === 0 || found[0]?.startsWith("2:3 "), line);
  }
  assert.match(refused(readRequirements, "a==$\u007bTOKEN}\n").join(), "a variable is used");
});

test("an option that is hidden by a continued line is found", () => {
  assert.match(refused(readRequirements, "a==1 \\\n--index-url https://evil.example\n").join(), /^1:1 /);
  // A comment does not go on: what follows is a line of its own.
  assert.match(refused(readRequirements, "# a \\\n-e .\n").join(), /^2:1 /);
});

test.run();
