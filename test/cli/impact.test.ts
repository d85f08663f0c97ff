import type { ImpactReport } from "../../src/report/impact-text.js";
import { writeAuditCatalogue } from "../support/audit-catalogue.js";
import { TestCatalogue } from "../support/catalogue.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const test = suite("slipway impact, licenses, packages");
let workspace: Workspace;
let catalogue: TestCatalogue;

test.before(async () => {
  workspace = await Workspace.create();
  catalogue = await TestCatalogue.empty(workspace, "catalogue", { "slipway.yaml": "kind: Settings\n" });
  await writeAuditCatalogue(catalogue.directory);
});
test.after(() => workspace.remove());

const out = async (...args: readonly string[]) => (await catalogue.expect(0, args)).stdout;

test("which images a package reaches, how it got there and what to change, as docs/vulnerabilities.md shows it", async () => {
  const way = "postgresql-client 15+248 → postgresql-client-15 15.17-0+deb12u1 → libpq5 15.17-0+deb12u1";
  assert.is(
    await out("impact", "libpq5@<15.18"),
    `libpq5@<15.18 is in 3 images.

postgres-client 1.2
  images/postgres-client/image.yaml:5: postgres-client asks for ${way} (deb, slipway.lock)
  → web 2.0
    → worker 2.1

Contents unknown, neither built nor in slipway.lock: tools

What to change:
  catalog/system/debian.yaml:6: approves libpq5 15.17-0+deb12u1
  \`slipway lock --update libpq5\` takes the newest that is approved
`,
  );
});

test("targets: an advisory by any of its names, an image, several at once", async () => {
  const impact = (target: string) => catalogue.json<ImpactReport>(["impact", target]);
  const [alias, id] = [await impact("CVE-2026-3000"), await impact("GHSA-aaaa-bbbb-cccc")];
  assert.equal(alias.images, id.images);
  assert.equal(
    id.images.map(({ image, packages }) => `${image} ${packages.map(({ fixedIn }) => fixedIn)}`),
    ["web 4.17.21", "worker 4.17.21"],
  );
  assert.match(await out("impact", "debian-base"), /^debian-base 1\.0\n {2}→ postgres-client 1\.2\n {4}→ web 2\.0\n/);
  const several = await catalogue.json<readonly ImpactReport[]>(["impact", "jq", "web"], 1);
  assert.equal(
    several.map(({ target, type }) => `${type} ${target}`),
    ["package jq", "image web"],
  );
});

test("targets that cannot be looked for", async () => {
  assert.match((await catalogue.expect(2, ["impact", "x@>="])).stderr, /"x@>=" is not something to look for/);
  assert.match((await catalogue.expect(2, ["impact", "CVE-1999-1"])).stderr, /CVE-1999-1 is not among the advisories/);
  // Nothing is known of one image, so that it has none is not known either.
  const { stdout } = await catalogue.expect(1, ["impact", "libpg5"]);
  assert.match(stdout, /^libpg5 is in no image whose contents are known\.\n[\s\S]*did you mean libpq5\?\n$/);
});

test("tables, and CSV files for spreadsheets", async () => {
  assert.match(
    await out("licenses"),
    /^PostgreSQL\n {2}packages {2}libpq5, postgresql-client\n {2}images {4}postgres-client, web, worker\n\n/m,
  );
  assert.match(
    await out("packages", "--differing"),
    /^ {2}npm {2}lodash {2}4\.17\.15 {2}web, worker\n {15}4\.17\.21 {2}worker\n1 package\n/,
  );
  assert.match(await out("packages", "--unused"), /^0 approved packages that no image uses$/m);
  assert.match(await out("licenses", "--csv"), /^npm,'@acme\/log,1\.0\.0,Apache-2\.0,worker,web\r$/m);
  const fresh = await TestCatalogue.create(workspace, "nothing known");
  for (const verb of ["licenses", "packages"]) {
    const { stderr } = await fresh.expect(1, [verb]);
    assert.match(stderr, /^slipway: the contents of no image are known: .*\nhint: `slipway build` builds them/);
  }
  assert.match((await catalogue.expect(2, ["packages", "--csv", "--json"])).stderr, /exclude each other/);
  assert.match((await catalogue.expect(2, ["packages", "--unused", "--differing"])).stderr, /exclude each other/);
});

test.run();
