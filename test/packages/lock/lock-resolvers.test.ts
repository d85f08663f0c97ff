import type { LockQuestion } from "../../../src/packages/lock/lock-resolver.js";
import { LOCK_RESOLVERS } from "../../../src/packages/lock/lock-resolvers.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("packages/lock/resolvers");
const REQUEST: LockQuestion = { requested: [], kept: [] };

function packagesOf(manager: "pip" | "npm" | "dnf", report: string, request: LockQuestion = REQUEST) {
  const found = LOCK_RESOLVERS[manager].read(report, request);
  if (!found.ok) throw new Error(found.message);
  return found.packages;
}

/** What pip 23.0 reports of one package, shortened. */
const entry = (url: string, metadata: Readonly<Record<string, unknown>>, requested = false) => ({
  download_info: { url, archive_info: { hash: `sha256=${"a".repeat(64)}` } },
  is_direct: false,
  requested,
  metadata: { metadata_version: "2.1", ...metadata },
});
const pipReport = (...install: unknown[]) => JSON.stringify([{ version: "0", pip_version: "23.0.1", install }]);

test("pip's report becomes packages: names in one spelling, licences as they are said, extras nobody wants left out", () => {
  const found = packagesOf(
    "pip",
    pipReport(
      entry(
        "https://index.example/packages/Flask-2.2.5-py3-none-any.whl#sha256=aa",
        {
          name: "Flask",
          version: "2.2.5",
          license: "BSD-3-Clause",
          requires_dist: [
            "Werkzeug>=2.2.2",
            "importlib-metadata>=3.6 ; python_version < '3.10'",
            "asgiref>=3.2; extra == 'async'",
          ],
        },
        true,
      ),
      entry("https://index.example/packages/werkzeug-3.0.1%2Blocal-py3-none-any.whl", {
        name: "Werkzeug",
        version: "3.0.1+local",
        license: "Copyright\n\nmany lines",
        classifier: ["License :: OSI Approved :: BSD License", "License :: OSI Approved", "Topic :: Internet"],
      }),
      entry("https://index.example/packages/asgiref-3.7-py3-none-any.whl", {
        name: "asgiref",
        version: "3.7",
        license: "UNKNOWN",
      }),
    ),
  );
  assert.equal(
    found.map(({ name, version, file, license, why }) => [name, version, file, license, why]),
    [
      ["flask", "2.2.5", "Flask-2.2.5-py3-none-any.whl", "BSD-3-Clause", []],
      ["werkzeug", "3.0.1+local", "werkzeug-3.0.1+local-py3-none-any.whl", "BSD License", ["flask"]],
      // Somebody must have wanted the extra: it is there.
      ["asgiref", "3.7", "asgiref-3.7-py3-none-any.whl", undefined, ["flask"]],
    ],
  );
  assert.equal(found[0]?.expected, { algorithm: "sha256", hex: "a".repeat(64) });
});

test("a package without a wheel cannot be locked", () => {
  const report = pipReport(
    entry("https://index.example/psycopg2-2.9.9.tar.gz", { name: "psycopg2", version: "2.9.9" }, true),
  );
  assert.equal(LOCK_RESOLVERS.pip.read(report, REQUEST), {
    ok: false,
    message: "psycopg2 2.9.9 has no wheel for this image, only psycopg2-2.9.9.tar.gz",
  });
});

test("pip takes packages first and the manifest behind them; kept versions are constraints, but not where hashes fix all", () => {
  const steps = (request: LockQuestion) => JSON.parse(LOCK_RESOLVERS.pip.inputs(request)["request.json"] ?? "");
  const asked = [{ name: "flask", argument: "flask==2.*", keptArgument: "flask==2.2.5" }, { name: "requests" }];
  const kept = [{ name: "flask", version: "2.2.5" }];
  const manifest = { "requirements.txt": "requests>=2\n" };
  assert.equal(steps({ requested: asked, kept, manifest }), [
    ["-c", "@constraints", "flask==2.2.5"],
    ["-c", "@constraints", "-r", "@requirements.txt"],
  ]);
  assert.equal(steps({ requested: [], kept, manifest: { "requirements.txt": "a==1 --hash=sha256:00\n" } }), [
    ["-r", "@requirements.txt"],
  ]);
});

/** A hidden lock file of npm 9, shortened. */
const PACKAGES = {
  "node_modules/debug": { version: "2.6.9", integrity: "sha512-AAAA", license: "MIT", dependencies: { ms: "2.0.0" } },
  "node_modules/debug/node_modules/ms": { version: "2.0.0", integrity: "sha512-AQID", license: "MIT" },
  "node_modules/@esbuild/linux-x64": { version: "0.19.12", integrity: "sha1-qqo=", optional: true },
  "node_modules/send": {
    version: "1.0.0",
    license: { type: "MIT" },
    dependencies: { ms: "^2.1.1", debug: "2" },
    optionalDependencies: { "@esbuild/linux-x64": "0.19.12", "@esbuild/win32-x64": "0.19.12" },
  },
  "node_modules/ms": { version: "2.1.3", license: "MIT" },
  "node_modules/send/node_modules/bundled": { version: "1.0.0", inBundle: true },
};
const FILES = {
  "debug@2.6.9": "files/0",
  "ms@2.0.0": "files/1",
  "ms@2.1.3": "files/2",
  "send@1.0.0": "files/3",
  "@esbuild/linux-x64@0.19.12": "files/4",
};

test("npm's lock becomes packages: several versions side by side, each needed by whoever finds it", () => {
  const report = { projects: [{ direct: ["send"], packages: PACKAGES }], files: FILES };
  const found = packagesOf("npm", JSON.stringify(report));
  assert.equal(
    found.map(({ name, version, file, path, license, why }) => [name, version, file, path, license, why]),
    [
      ["debug", "2.6.9", "debug+2.6.9.tgz", "files/0", "MIT", ["send"]],
      ["ms", "2.0.0", "ms+2.0.0.tgz", "files/1", "MIT", ["debug"]],
      ["@esbuild/linux-x64", "0.19.12", "esbuild+linux-x64+0.19.12.tgz", "files/4", undefined, ["send"]],
      ["send", "1.0.0", "send+1.0.0.tgz", "files/3", undefined, []],
      ["ms", "2.1.3", "ms+2.1.3.tgz", "files/2", "MIT", ["send"]],
    ],
  );
  assert.equal(found[1]?.expected, { algorithm: "sha512", hex: "010203" });
  assert.is(found[4]?.expected, undefined);
});

test("a package that one project asks for and another one needs is asked for", () => {
  const other = { "node_modules/ms": { version: "2.1.3", license: "MIT" } };
  const projects = [
    { direct: ["send"], packages: PACKAGES },
    { direct: ["ms"], packages: other },
  ];
  for (const order of [projects, [...projects].reverse()]) {
    const found = packagesOf("npm", JSON.stringify({ projects: order, files: FILES }));
    assert.equal(found.find(({ name, version }) => name === "ms" && version === "2.1.3")?.why, []);
  }
  const linked = { projects: [{ direct: [], packages: { "node_modules/x": { link: true } } }], files: {} };
  assert.equal(LOCK_RESOLVERS.npm.read(JSON.stringify(linked), REQUEST), {
    ok: false,
    message: "node_modules/x is not a package of a registry",
  });
});

test("rpm's fields become packages: what is needed by capability or file has a name", () => {
  const report = `f caret-1.0^git1-3.x.noarch.rpm
n caret
v 1.0^git1-3.x
a noarch
l MIT and (GPLv2+ or BSD)
s caret-1.0^git1-3.x.src.rpm
r needed
r /usr/bin/tool
p caret

f needed-1-1.noarch.rpm
n needed
v 2:1-1
a noarch
l MIT
s other-7-1.src.rpm
p needed

f tool-1-1.noarch.rpm
n tool
v 1-1
a noarch
l MIT
s (none)
p /usr/bin/tool

`;
  const found = packagesOf("dnf", report, { requested: [{ name: "caret", argument: "caret" }], kept: [] });
  assert.equal(
    found.map(({ name, version, source, license, why }) => [name, version, source, license, why]),
    [
      ["caret", "1.0^git1-3.x", undefined, "MIT and (GPLv2+ or BSD)", []],
      ["needed", "2:1-1", "other 7-1", "MIT", ["caret"]],
      ["tool", "1-1", undefined, "MIT", ["caret"]],
    ],
  );
});

test("apt is asked for the version that was locked, and prefers what was locked to what is newer", () => {
  const asked = [
    { name: "jq", argument: "jq=1.6-*", keptArgument: "jq=1.6-2.1" },
    { name: "git", argument: "git" },
  ];
  const inputs = LOCK_RESOLVERS.apt.inputs({ requested: asked, kept: [{ name: "libjq1", version: "1.6-2.1" }] });
  assert.is(inputs.arguments, "jq=1.6-*\tjq=1.6-2.1\ngit\t\n");
  assert.is(inputs.pins, "Package: libjq1\nPin: version 1.6-2.1\nPin-Priority: 999\n");
});

test.run();
