import type { AuditReport } from "../../src/report/audit-text.js";
import { writeAuditCatalogue } from "../support/audit-catalogue.js";
import { TestCatalogue } from "../support/catalogue.js";
import { makeCertificate } from "../support/certificate.js";
import { file, startFileServer } from "../support/file-server.js";
import { assert, suite } from "../support/suite.js";
import { deflatedZip } from "../support/wheel.js";
import { Workspace } from "../support/workspace.js";

const test = suite("slipway audit");
let workspace: Workspace;
let catalogue: TestCatalogue;

test.before(async () => {
  workspace = await Workspace.create();
});
test.before.each(async () => {
  catalogue = await TestCatalogue.empty(workspace, "catalogue", { "slipway.yaml": "kind: Settings\n" });
  await writeAuditCatalogue(catalogue.directory);
});
test.after.each(() => catalogue.delete("."));
test.after(() => workspace.remove());

const audit = (code: number, ...args: readonly string[]) => catalogue.json<AuditReport>(["audit", ...args], code);

const findings = ({ images }: AuditReport) =>
  images.flatMap(({ image, findings: found }) =>
    found.map(({ id, package: { name }, broughtBy, at, waived }) =>
      [image, id, name, broughtBy, at, ...(waived ? ["waived"] : [])].join(" "),
    ),
  );

const accept = (fields: string) =>
  catalogue.write(
    "policies/exceptions.yaml",
    `kind: Exceptions\nexceptions:\n  - { rule: vulnerability, ${fields}, owner: "@alice", reason: not reachable, expires: 2999-12-31 }\n`,
  );

test("the worst finding first, with the image and line that brought it, and the exit code of a rejection", async () => {
  const { stdout } = await catalogue.expect(3, ["audit"]);
  assert.match(
    stdout,
    /^web 2\.0, by slipway\.lock\n {2}high {2}refused {2}CVE-2026-3000 {2}lodash 4\.17\.15 {2}fixed in 4\.17\.21 {2}images\/web\/image\.yaml:6\n {2}and 6 from /m,
  );
  assert.match(
    stdout,
    /^ {2}critical {2}refused {2}CVE-2026-1001 {2}libpq5 15\.17-0\+deb12u1 {2,}fixed in 15\.18-0\+deb12u1 {2}images\/postgres-client\/image\.yaml:5$/m,
  );
  assert.match(
    stdout,
    /\n4 images: 3 refused, 4 to review \(4 advisories, the newest of 2026-11-01\)\nContents unknown, neither built nor in slipway\.lock: tools\n$/,
  );
});

test("only the named images; JSON", async () => {
  const report = await audit(3, "postgres-client");
  assert.equal(report.unknown, []);
  assert.equal(findings(report), [
    "postgres-client CVE-2026-1001 libpq5 postgres-client images/postgres-client/image.yaml:5",
    "postgres-client CVE-2026-1001 postgresql-client-15 postgres-client images/postgres-client/image.yaml:5",
    "postgres-client CVE-2026-1002 libpq5 postgres-client images/postgres-client/image.yaml:5",
    "postgres-client CVE-2026-1002 postgresql-client-15 postgres-client images/postgres-client/image.yaml:5",
    "postgres-client CVE-2026-2000 libssl3 debian-base images/debian-base/image.yaml:5",
    "postgres-client CVE-2026-2000 openssl debian-base images/debian-base/image.yaml:5",
  ]);
  const [finding] = report.images[0]?.findings ?? [];
  assert.equal(
    [finding?.rating, finding?.level, finding?.fixedIn, finding?.aliases],
    ["critical", "enforce", "15.18-0+deb12u1", ["DEBIAN-CVE-2026-1001", "DSA-9001-1"]],
  );
  assert.equal((await audit(0, "debian-base")).images[0]?.findings.length, 2);
  assert.match((await catalogue.expect(2, ["audit", "debian-bsae"])).stderr, /did you mean debian-base\?/);
});

test("an accepted finding rejects nothing, not even in derived images; exceptions that waive nothing are reported", async () => {
  await accept("image: web, advisory: GHSA-aaaa-bbbb-cccc, package: lodash");
  const report = await audit(3, "worker", "debian-base", "tools");
  const waived = findings(report).filter((text) => text.endsWith("waived"));
  assert.equal(waived, ["worker CVE-2026-3000 lodash web images/web/image.yaml:6 waived"]);
  await accept("image: debian-base, advisory: CVE-2026-1001");
  assert.match(
    (await catalogue.expect(3, ["audit"])).stderr,
    /policies\/exceptions\.yaml:3:5: warning exception-unused: debian-base does not break vulnerability by CVE-2026-1001/,
  );
  // Without inspecting images it cannot be known that the exception is unused.
  assert.equal((await catalogue.expect(0, ["validate"])).stderr, "");
});

test("an exception without an advisory, or with one that its rule has no use for, is an error at its place", async () => {
  const { stdout } = await accept("image: web").then(() => catalogue.expect(3, ["validate"]));
  assert.match(stdout, /policies\/exceptions\.yaml:3:5: error invalid-value: `vulnerability` needs an `advisory`/);
  await catalogue.edit(
    "policies/exceptions.yaml",
    "vulnerability, image: web",
    "not-extendable, image: web, advisory: CVE-2026-1",
  );
  assert.match(
    (await catalogue.expect(3, ["validate"])).stdout,
    /:\d+: error invalid-value: `not-extendable` is not about advisories/,
  );
});

test("a more permissive policy", async () => {
  await catalogue.edit("policies/vulnerabilities.yaml", "enforce: high, warn: medium", "warn: high, unknown: ignore");
  const { stdout } = await catalogue.expect(0, ["audit"]);
  assert.match(stdout, /: 3 to review, 4 ignored \(/);
  assert.not.match(stdout, /CVE-2026-1002|CVE-2026-2000/);
});

test("without advisories an audit fails", async () => {
  await catalogue.delete("advisories/npm");
  assert.match((await catalogue.expect(3, ["audit"])).stdout, /^Not checked: there are no advisories for npm$/m);
  await catalogue.delete("advisories");
  const none = await catalogue.expect(2, ["audit"]);
  assert.match(none.stderr, /there are no advisories about Debian, npm\nhint: put files in the OSV format there/);
  await catalogue.delete("policies/vulnerabilities.yaml");
  assert.match(
    (await catalogue.expect(2, ["audit"])).stderr,
    /nothing says where advisories are\nhint: write policies\/vulnerabilities\.yaml/,
  );
});

test("an unreadable advisory is named, and the others are used", async () => {
  await catalogue.write("advisories/npm/bad.json", "{");
  const { stderr, stdout } = await catalogue.expect(3, ["audit"]);
  assert.match(stderr, /^advisories\/npm\/bad\.json:1:1: warning advisory-unreadable: it is not JSON$/m);
  assert.match(stdout, /4 images: 3 refused/);
});

test("only --update asks a mirror; earlier downloads stay when it is gone", async () => {
  const tls = await makeCertificate(workspace.path("."));
  const server = await startFileServer(tls);
  try {
    const record = await catalogue.read("advisories/npm/GHSA-aaaa-bbbb-cccc.json");
    const archive = deflatedZip({ "a.json": record });
    server.routes.set("/osv/npm/all.zip", (answer) => answer.end(archive));
    await catalogue.delete("advisories");
    await catalogue.edit(
      "policies/vulnerabilities.yaml",
      "{ directory: advisories }",
      `{ mirror: "${server.url}/osv/" }`,
    );
    await catalogue.write("slipway.yaml", "kind: Settings\ndownloads: { private-hosts: [127.0.0.1] }\n");
    const env = { ...workspace.env, SLIPWAY_CA_BUNDLE: tls.certificate };
    const before = await catalogue.expect(2, ["audit"], { env });
    assert.match(before.stderr, /hint: `slipway audit --update` fetches them/);
    assert.equal(server.asked, []);
    const updated = await catalogue.expect(3, ["audit", "--update"], { env });
    assert.equal(server.asked, ["/osv/Debian/all.zip", "/osv/npm/all.zip"]);
    assert.match(updated.stderr, /the mirror has no advisories for Debian/);
    assert.match(updated.stdout, /CVE-2026-3000 {2}lodash/);
    server.routes.set("/osv/npm/all.zip", file("not it").bind(null));
    server.routes.set("/osv/Debian/all.zip", (answer) => answer.writeHead(500).end());
    const failed = await catalogue.expect(4, ["audit", "--update"], { env });
    assert.match(failed.stderr, /advisories of Debian cannot be fetched: 127\.0\.0\.1 answers 500/);
  } finally {
    await server.stop();
  }
  assert.match((await catalogue.expect(3, ["audit"])).stdout, /CVE-2026-3000 {2}lodash/);
});

test.run();
