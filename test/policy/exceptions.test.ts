import type { DiagnosticCode } from "../../src/model/diagnostic-codes.js";
import type { Exception } from "../../src/model/exceptions.js";
import { apt } from "../../src/packages/apt.js";
import { inventoryProblems } from "../../src/packages/installed.js";
import { ExceptionLedger } from "../../src/policy/exception-ledger.js";
import { applyExceptions, exceptionProblems } from "../../src/policy/exceptions.js";
import { approvePackages } from "../../src/policy/package-approval.js";
import { approvedList, catalogue, fakeSource, image, imageName, request } from "../support/definitions.js";
import { exception } from "../support/exceptions.js";
import { installed, inventoryOf } from "../support/inventories.js";
import { pip } from "../support/managers.js";
import { assert, suite } from "../support/suite.js";

const test = suite("policy/exceptions");

const SOURCE = fakeSource("images/a/image.yaml");

function ofImage(exceptions: readonly Exception[]) {
  const ledger = new ExceptionLedger(exceptions, "2026-01-01");
  return { ledger, waivers: ledger.of(imageName("a")) };
}

/** Requests of an image with an exception, against a list that approves curl 7 only. */
function asked(requests: readonly string[], exceptions: readonly Exception[], syntax = apt) {
  const list = approvedList("debian", { curl: ["7.*"] });
  const asking = requests.map((text, index) => request(text, `/p/${index}`));
  const { ledger, waivers } = ofImage(exceptions);
  const approval = approvePackages({ requested: asking, list, syntax, source: SOURCE, exceptions: waivers });
  return { ...approval, used: [...ledger.used] };
}

test("a package that is waived comes through to the recipe, with the constraint that the image gives", () => {
  const waived = exception();
  assert.equal(asked(["jq", "git 2.39"], [waived]), {
    packages: [
      { kind: "system", manager: "apt", name: "jq", approved: [] },
      { kind: "system", manager: "apt", name: "git", version: "2.39", approved: ["2.39"] },
    ],
    diagnostics: [],
    used: [waived],
  });
});

test("what is waived is no more than the exception says", () => {
  const codes = (requests: readonly string[], ...exceptions: readonly Exception[]) =>
    asked(requests, exceptions).diagnostics.map(({ code, excerpt }) => `${code} ${excerpt}`);
  assert.equal(codes(["jq", "git"], exception({ package: "git" })), ["package-not-approved /p/0"]);
  assert.equal(codes(["curl 8.0"], exception()), ["version-not-approved /p/0/version"]);
  assert.equal(codes(["curl 8.0"], exception({ rule: "version-not-approved" })), []);
  assert.equal(codes(["jq"], exception({ rule: "version-not-approved" })), ["package-not-approved /p/0"]);
  assert.equal(codes(["-y"], exception()), ["bad-package-name /p/0"]);
  assert.equal(codes(["jq 1;2"], exception()), ["bad-package-version /p/0/version"]);
  assert.equal(codes(["jq", "jq 1"], exception()), ["duplicate-package /p/1"]);
});

test("a waived version is the version that must be installed, not what the list approves", () => {
  const waived = exception({ rule: "version-not-approved", package: "curl" });
  const { packages, used } = asked(["curl 8.0.1-1"], [waived]);
  assert.equal([packages[0]?.version, packages[0]?.approved, used], ["8.0.1-1", ["8.0.1-1"], [waived]]);
  const problems = (version: string) =>
    inventoryProblems(packages, inventoryOf(installed("deb", `curl ${version}`))).map(({ message }) => message);
  assert.equal(problems("8.0.1-1"), []);
  assert.equal(problems("7.88.1"), ["curl 7.88.1 was installed, approved: 8.0.1-1"]);
});

test("a waived package without a version passes the check of what was installed", () => {
  assert.equal(inventoryProblems(asked(["jq"], [exception()]).packages, inventoryOf()), []);
});

test("names of packages compare as their manager compares them", () => {
  const waived = exception({ package: "Flask_Login" });
  assert.equal(asked(["flask-login"], [waived], pip).used, [waived]);
  assert.equal(asked(["flask_login"], [waived], apt).used, []);
});

test("without need nothing is used", () => assert.equal(asked(["curl 7.88"], [exception()]).used, []));

test("a rule of the image as a whole", () => {
  const broken = (code: DiagnosticCode) => ({ ...SOURCE.at("/parent"), code, severity: "error" as const, message: "" });
  const found = [broken("not-extendable"), broken("os-mismatch")];
  const waived = exception({ rule: "not-extendable" });
  const apply = (diagnostics: typeof found, own: Exception) => {
    const { ledger, waivers } = ofImage([own]);
    return { diagnostics: applyExceptions(diagnostics, waivers), used: [...ledger.used] };
  };
  assert.equal(apply(found, waived), { diagnostics: [found[1]], used: [waived] });
  assert.equal(apply(found, exception()), { diagnostics: found, used: [] });
  // A package that is let through must reach the recipe: approve() does that, and nothing is dropped here.
  const unapproved = [broken("package-not-approved")];
  assert.equal(apply(unapproved, exception()), { diagnostics: unapproved, used: [] });
});

/** `SEVERITY code pointer` of what is wrong with exceptions on the first of June. */
function problems(exceptions: readonly Exception[], fields: { used?: boolean; checked?: boolean } = {}): string[] {
  const all = catalogue([image("a"), image("python3-web")], { exceptions, rejected: ["broken"] });
  const checked = new Set(fields.checked === false ? [] : all.images.keys());
  const used = new Set(fields.used === false ? [] : exceptions);
  return exceptionProblems({ catalogue: all, today: "2026-06-01", checked, used, locked: new Set() }).map(
    ({ severity, code, excerpt, hint }) => `${severity} ${code} ${excerpt}: ${hint}`,
  );
}

test("one that has ended is an error at its day; one that ends within 14 days a warning", () => {
  const at = (expires: string) => problems([exception({ expires })]);
  const expired = "error exception-expired /exceptions/0/expires: renew it or remove it; @alice answers for it";
  const soon =
    "warning exception-expires-soon /exceptions/0/expires: renew it or make the image do without it; @alice answers for it";
  assert.equal(at("2026-05-31"), [expired]);
  assert.equal(at("2026-06-01"), [soon]);
  assert.equal(at("2026-06-15"), [soon]);
  assert.equal(at("2026-06-16"), []);
});

test("an image that does not exist, with the one that was meant; one that was left out is no second mistake", () => {
  assert.equal(problems([exception({ image: "python3-wbe" })], { used: false }), [
    "warning exception-unknown-image /exceptions/0/image: did you mean `python3-web`?",
  ]);
  assert.equal(problems([exception({ image: "gone", expires: "2026-01-01" })], { used: false }), [
    "warning exception-unknown-image /exceptions/0/image: remove the exception with its image, or add the image next",
    "error exception-expired /exceptions/0/expires: renew it or remove it; @alice answers for it",
  ]);
  assert.equal(problems([exception({ image: "broken" })], { used: false }), []);
});

test("one that waives nothing is told, where the image could be checked", () => {
  assert.equal(problems([exception()], { used: false }), [
    "warning exception-unused /exceptions/0: remove the exception",
  ]);
  assert.equal(problems([exception()], { used: false, checked: false }), []);
  assert.equal(problems([exception({ expires: "2026-06-02" })], { used: false }), [
    "warning exception-unused /exceptions/0: remove the exception",
  ]);
});

test.run();
