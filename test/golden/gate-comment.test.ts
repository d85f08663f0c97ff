import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { containerfileDiff } from "../../src/report/containerfile-diff.js";
import { findMarker, gateComment } from "../../src/report/gate/comment.js";
import {
  approval,
  failedBuild,
  gateBuild,
  gateImage,
  gateReport,
  problem,
  requirement,
  TIP,
} from "../support/gate-reports.js";
import { reason } from "../support/plans.js";
import { assert, suite } from "../support/suite.js";

/** A comment as reviewers see it: a change of libpq and the images it cascades to, one of which fails its tests. */
const test = suite("golden/gate-comment");
const FILE = fileURLToPath(new URL("../../../test/golden/gate-comment.md", import.meta.url));

const libpq = { added: [], removed: [], changed: [{ name: "libpq5", from: "15.*", to: "16.*" }] };
const more = {
  added: [{ name: "postgresql-client-16", from: null, to: "16.*" }],
  removed: [{ name: "postgresql-client-15", from: "15.*", to: null }],
  changed: libpq.changed,
};
const BEFORE = `FROM debian-base\nRUN ["/bin/sh", "-c", "apt-get install -y --no-install-recommends libpq5=15.*"]\nENV LANG=C.UTF-8\n`;
const AFTER = BEFORE.replace("libpq5=15.*", "libpq5=16.*");

const CAUSE = "python3-postgres: PACKAGE libpq5 15.* → 16.*";

const IMAGES = [
  gateImage("python3-postgres", {
    version: "3.11",
    level: 1,
    reasons: [reason("PACKAGE", "libpq5 15.* → 16.*")],
    packages: libpq,
    containerfile: containerfileDiff("python3-postgres", BEFORE, AFTER),
    build: gateBuild({ seconds: 130, bytes: 84_300_000, previousBytes: 83_100_000 }),
  }),
  gateImage("postgres-client", {
    version: "16.0",
    level: 1,
    reasons: [
      reason("PACKAGE", "postgresql-client-16 16.* added"),
      reason("PACKAGE", "postgresql-client-15 removed"),
      reason("DEFINITION", "env"),
    ],
    packages: more,
    build: gateBuild({ seconds: 52, bytes: 61_000_000, previousBytes: 61_300_000 }),
  }),
  gateImage("python3-report", {
    version: "2.4.0",
    level: 2,
    action: "pending",
    reasons: [reason("PARENT", CAUSE, "python3-postgres")],
    packages: libpq,
    build: failedBuild("TEST_FAILED", "test 1 of 2: exit status 1, expected 0", [
      "Traceback (most recent call last):",
      '  File "/app/src/__main__.py", line 3, in <module>',
      "    import psycopg",
      "ImportError: libpq.so.5: version `RHPG_9.6' not found",
    ]),
  }),
  gateImage("python3-billing", {
    version: "1.10",
    level: 2,
    action: "pending",
    reasons: [reason("PARENT", CAUSE, "python3-postgres")],
    packages: libpq,
    build: gateBuild({ seconds: 41, bytes: 85_000_000, previousBytes: 83_800_000 }),
  }),
  gateImage("billing-nightly", {
    version: "1.2",
    level: 3,
    action: "pending",
    reasons: [reason("PARENT", CAUSE, "python3-postgres", "python3-billing")],
    packages: libpq,
    build: gateBuild({ seconds: 38, bytes: 85_400_000 }),
  }),
  gateImage("error-pages", {
    version: "1.1",
    action: "retag",
    reasons: [reason("VERSION", "1.0 → 1.1")],
    build: gateBuild({ outcome: "retagged", seconds: 1.2 }),
  }),
];

const LISTS = requirement({
  kind: "approved-list",
  role: "administrator",
  paths: ["catalog/system/debian.yaml"],
  teams: ["acme/image-admins"],
});

const OWN = requirement({
  paths: [
    "images/postgres-client/image.yaml",
    "images/python3-postgres/python3-postgres.yaml",
    "images/error-pages/image.yaml",
  ],
});

const WARNING = problem({
  code: "exception-expires",
  severity: "warning",
  file: "policies/exceptions.yaml",
  line: 12,
  column: 5,
  message: "the exception for `python3-report` expires in 6 days",
  hint: "renew it, or do what the rule asks for",
});

const UNCHANGED = [
  "debian-base",
  "debian-hardened",
  "nodejs-hello",
  "nodejs-runtime",
  "nodejs-web",
  "ops-tools",
  "python3-runtime",
];

function comment(): string {
  const report = gateReport({
    tip: TIP,
    behind: 2,
    total: 13,
    images: IMAGES,
    unchanged: UNCHANGED,
    diagnostics: [WARNING],
    requirements: [LISTS, OWN],
  });
  const approvals = [
    approval({ required: LISTS, ignored: [{ user: "carol", why: "approved before the newest commit" }] }),
    approval({ required: OWN, by: "dave" }),
  ];
  return gateComment(report, { approvals, reportUrl: "https://github.com/acme/images/actions/runs/4711" });
}

test("the comment of a change with everything in it", () => {
  const text = comment();
  assert.ok(findMarker(text));
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(FILE, text);
  if (!existsSync(FILE)) throw new Error("there is no test/golden/gate-comment.md: npm run golden");
  assert.fixture(text, readFileSync(FILE, "utf8"), "test/golden/gate-comment.md");
});

test.run();
