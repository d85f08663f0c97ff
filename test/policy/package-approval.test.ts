import { apt } from "../../src/packages/apt.js";
import { approvePackages } from "../../src/policy/package-approval.js";
import { approvedList, fakeSource, request, type Versions } from "../support/definitions.js";
import { npm, pip } from "../support/managers.js";
import { assert, suite } from "../support/suite.js";

const test = suite("policy/package-approval");

const SOURCE = fakeSource("images/a/image.yaml");

/** Compares requests such as `curl 7.88.1` with a list. */
function check(requests: readonly string[], versions: Versions | undefined, syntax = apt) {
  return approvePackages({
    requested: requests.map((text, index) => request(text, `/p/${index}`)),
    list: versions && approvedList("debian", versions),
    syntax,
    source: SOURCE,
  });
}

/** `CODE pointer` of each problem. */
const problems = (...args: Parameters<typeof check>) =>
  check(...args).diagnostics.map(({ code, excerpt }) => `${code} ${excerpt}`);

/** The manager's own words for what passes. */
function words(...[requests, versions, syntax = apt]: Parameters<typeof check>) {
  return check(requests, versions, syntax).packages.map(({ name, version }) => syntax.argument(name, version));
}

test("what an approved package becomes", () => {
  assert.equal(check(["curl 7.88.1"], { curl: ["7.88.*"] }), {
    packages: [{ kind: "system", manager: "apt", name: "curl", version: "7.88.1", approved: ["7.88.*"] }],
    diagnostics: [],
  });
});

test("without a version: the only approved one, a pattern included; otherwise the build decides", () => {
  assert.equal(words(["a", "b", "c", "d"], { a: ["1.0"], b: ["1.*"], c: ["1.*", "2.*"], d: [] }), [
    "a=1.0",
    "b=1.*",
    "c",
    "d",
  ]);
  assert.equal(check(["c"], { c: ["1.*", "2.*"] }).packages[0]?.approved, ["1.*", "2.*"]);
});

test("a version must be approved: exactly, by a pattern, by one of several, or any", () => {
  const list = { exact: ["1.0"], pattern: ["1.*"], several: ["1.0", "2.*"], any: [] };
  assert.equal(problems(["exact 1.0", "pattern 1.5", "several 2.3", "any 7"], list), []);
  assert.equal(problems(["exact 1.1", "pattern 2.0", "several 3.0"], list), [
    "version-not-approved /p/0/version",
    "version-not-approved /p/1/version",
    "version-not-approved /p/2/version",
  ]);
  const { message, hint } = check(["several 3.0"], list).diagnostics[0] ?? {};
  assert.equal([message, hint], ["several 3.0 is not approved", "approved: 1.0, 2.*"]);
});

test("a package that is not approved, with the name that was meant or where to ask", () => {
  const found = check(["crul", "entirely-different"], { curl: [] }).diagnostics;
  assert.equal(
    found.map(({ code, message, hint, excerpt }) => [code, message, hint, excerpt]),
    [
      ["package-not-approved", 'the package "crul" is not approved for debian', "did you mean `curl`?", "/p/0"],
      [
        "package-not-approved",
        'the package "entirely-different" is not approved for debian',
        "an administrator can approve it in the catalogue (catalog/list/debian.yaml)",
        "/p/1",
      ],
    ],
  );
});

test("without a list nothing is approved", () => {
  const [found] = check(["curl"], undefined).diagnostics;
  assert.equal([found?.code, found?.message], ["package-not-approved", 'the package "curl" is not approved']);
});

test("one bad entry does not hide the others", () => {
  const { packages, diagnostics } = check(["x", "curl", "y"], { curl: [] });
  assert.equal(
    packages.map(({ name }) => name),
    ["curl"],
  );
  assert.equal(
    diagnostics.map(({ excerpt }) => excerpt),
    ["/p/0", "/p/2"],
  );
});

test("Python's names compare in their normalised form, whichever side is written otherwise", () => {
  const spellings = ["flask-login", "Flask_Login", "FLASK.LOGIN", "flask-_.login"];
  for (const listed of spellings) {
    for (const asked of spellings) assert.equal(words([asked], { [listed]: ["1.*"] }, pip), [`${asked}==1.*`]);
  }
  assert.equal(problems(["flasklogin"], { "flask-login": [] }, pip), ["package-not-approved /p/0"]);
});

test("the names of apt and npm are what they are", () => {
  assert.equal(problems(["lib_x"], { "lib-x": [] }, apt), ["bad-package-name /p/0"]);
  assert.equal(problems(["a.b"], { "a-b": [] }, npm), ["package-not-approved /p/0"]);
});

test("the same package for the second time", () => {
  assert.equal(problems(["curl", "jq", "curl 1"], { curl: [], jq: [] }), ["duplicate-package /p/2"]);
  assert.equal(words(["curl", "curl"], { curl: [] }), ["curl"]);
  assert.equal(problems(["Flask_Login", "flask-login"], { "flask-login": [] }, pip), ["duplicate-package /p/1"]);
  assert.equal(problems(["curl", "curl", "curl"], { curl: [] }), ["duplicate-package /p/1", "duplicate-package /p/2"]);
  assert.is(check(["curl", "curl"], { curl: [] }).diagnostics[0]?.hint, "keep one of the entries");
});

const HOSTILE = [
  "",
  "-y",
  "--option",
  "a b",
  "a;b",
  "a'b",
  'a"b',
  "a$b",
  "a`b",
  "a\nb",
  "a|b",
  "a&b",
  "a\\b",
  "../a",
  "a\u2028b",
];

for (const syntax of [apt, pip, npm]) {
  test(`${syntax.name} accepts no other name and no other version, approved or not`, () => {
    for (const text of HOSTILE) {
      const name = approvePackages({
        requested: [{ name: text, pointer: "/p/0" }],
        list: approvedList("x", { [text]: [] }),
        syntax,
        source: SOURCE,
      });
      assert.equal(
        name.diagnostics.map(({ code, excerpt }) => [code, excerpt]),
        [["bad-package-name", "/p/0"]],
        text,
      );
      const version = approvePackages({
        requested: [{ name: "good", version: text, pointer: "/p/0" }],
        list: approvedList("x", { good: [] }),
        syntax,
        source: SOURCE,
      });
      assert.equal(
        version.diagnostics.map(({ code, excerpt }) => [code, excerpt]),
        [["bad-package-version", "/p/0/version"]],
        text,
      );
      assert.equal([...name.packages, ...version.packages], []);
    }
  });
}

test("a list's only version goes to the manager, so the same rule applies to it", () => {
  assert.equal(problems(["express"], { express: ["npm:other"] }, npm), ["bad-package-version /p/0"]);
  assert.equal(problems(["flask"], { flask: ["1~2"] }, pip), ["bad-package-version /p/0"]);
});

test("a name that apt would read as an order to remove", () => {
  assert.equal(problems(["curl-"], { "curl-": [] }), ["bad-package-name /p/0"]);
  assert.equal(words(["g++", "libstdc++-12-dev"], { "g++": [], "libstdc++-12-dev": [] }), ["g++", "libstdc++-12-dev"]);
});

test.run();
