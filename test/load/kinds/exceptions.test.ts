import { assert, suite } from "../../support/suite.js";
import { loadFiles, removeTemporary } from "../temporary-catalogue.js";

const test = suite("load/kinds/exceptions");
test.after(removeTemporary);

const load = (text: string) => loadFiles({ "policies/exceptions.yaml": text });

/** What is wrong with exceptions.yaml: `line:column code: message`. */
async function said(text: string): Promise<string[]> {
  const { diagnostics } = await load(text);
  return diagnostics.map(({ line, column, code, message }) => `${line}:${column} ${code}: ${message}`);
}

const exception = (fields: Readonly<Record<string, string>> = {}) => {
  const all = {
    rule: "package-not-approved",
    image: "a",
    owner: '"@alice"',
    reason: "Needed until March.",
    expires: "2026-12-31",
    ...fields,
  };
  const lines = Object.entries(all).map(([key, value]) => `    ${key}: ${value}`);
  return `kind: Exceptions\nexceptions:\n  -\n${lines.join("\n")}\n`;
};

test("exceptions", async () => {
  const { catalogue, diagnostics } = await load(exception({ package: "curl" }));
  assert.equal(diagnostics, []);
  const [{ source, ...rest } = { source: undefined }] = catalogue.exceptions;
  assert.equal(rest, {
    rule: "package-not-approved",
    image: "a",
    package: "curl",
    owner: "@alice",
    reason: "Needed until March.",
    expires: "2026-12-31",
    pointer: "/exceptions/0",
  });
  assert.is(source?.file, "policies/exceptions.yaml");
});

test("what is wrong with an exception, at its place", async () => {
  const about = async (fields: Record<string, string>) => said(exception(fields));
  assert.equal(await about({ expires: "2026-02-30" }), ["8:14 invalid-value: there is no day `2026-02-30`"]);
  assert.equal(await about({ expires: "2027-02-29" }), ["8:14 invalid-value: there is no day `2027-02-29`"]);
  assert.equal(await about({ expires: "2028-02-29" }), []);
  assert.equal(await about({ expires: "31.12.2026" }), [
    "8:14 invalid-value: `exceptions[0].expires` must be a day as `YYYY-MM-DD`; not `31.12.2026`",
  ]);
  assert.equal(await about({ rule: "not-extendable", package: "curl" }), [
    "9:14 invalid-value: `not-extendable` is not about packages",
  ]);
  assert.equal(await about({ owner: "alice" }), [
    "6:12 invalid-value: `exceptions[0].owner` must be `@login` or `@organisation/team`; not `alice`",
  ]);
  assert.equal(await about({ owner: '"@acme/team"' }), []);
  assert.is((await about({ reason: '" "' })).length, 1);
  assert.equal(await said("exceptions: [{ rule: not-extendable }]\n"), [
    "1:14 missing-key: `image` is missing in `exceptions[0]`",
    "1:14 missing-key: `owner` is missing in `exceptions[0]`",
    "1:14 missing-key: `reason` is missing in `exceptions[0]`",
    "1:14 missing-key: `expires` is missing in `exceptions[0]`",
  ]);
});

test("only rules of policy can be waived; a mistyped one is told", async () => {
  const rule = async (code: string) => (await load(exception({ rule: code }))).diagnostics;
  const [mistyped] = await rule("package-not-aproved");
  assert.equal([mistyped?.code, mistyped?.hint], ["invalid-value", "did you mean `package-not-approved`?"]);
  for (const code of ["unsafe-value", "base-only", "cycle", "exception-expired"]) {
    assert.equal(
      (await rule(code)).map(({ code: found }) => found),
      ["invalid-value"],
      code,
    );
  }
});

test.run();
