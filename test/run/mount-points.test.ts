import type { ContextEntry } from "../../src/model/recipe.js";
import { copiedPaths, mountPoints } from "../../src/run/mount-points.js";
import type { TarEntry } from "../../src/run/tar-entries.js";
import { containerfileFrom } from "../support/containerfile-from.js";
import { assert, suite } from "../support/suite.js";

const test = suite("run/mount-points");

const entry = (name: string, more: Partial<TarEntry> = {}): TarEntry => {
  const type = /^etc\/|made/.test(name) ? "0" : "5";
  return { name, type, mode: 0o755, uid: 0, gid: 0, size: 0, start: 0, end: 512, ...more };
};

function gone(top: readonly TarEntry[], below: readonly string[] = [], copied: readonly string[] = []): string[] {
  return [...mountPoints({ top, below: new Set(below), copied: new Set(copied) })].map(({ name }) => name).sort();
}

const ALL = ["dev", "etc", "etc/hostname", "etc/hosts", "etc/resolv.conf", "media", "proc", "run", "sys"];

test("all that Buildah makes, and nothing else", () => {
  assert.equal(gone([...ALL, "srv", "var", "opt/etc"].map((name) => entry(name))), ALL);
});

test("not what the base has already: an entry there is a change of it", () => {
  assert.equal(
    gone(
      ALL.map((name) => entry(name)),
      ["etc", "etc/hosts", "dev"],
    ),
    ["etc/hostname", "etc/resolv.conf", "media", "proc", "run", "sys"],
  );
});

test("not what has content, another owner or other permissions", () => {
  assert.equal(gone([entry("etc"), entry("etc/hosts", { size: 1 })]), []);
  assert.equal(gone([entry("etc"), entry("etc/hosts", { mode: 0o644 })]), []);
  assert.equal(gone([entry("etc"), entry("etc/hosts"), entry("etc/made")]), ["etc/hosts"]);
  assert.equal(gone([entry("run"), entry("run/made")]), []);
  assert.equal(gone([entry("dev", { uid: 7 }), entry("sys", { gid: 7 }), entry("proc", { mode: 0o555 })]), []);
  assert.equal(gone([entry("etc/hosts", { type: "2" }), entry("dev", { type: "2" })]), []);
});

test("not what the definition copies", () => {
  assert.equal(gone([entry("etc"), entry("etc/hosts")], [], ["etc/hosts"]), []);
});

test("what a definition copies", () => {
  const file = (path: string): ContextEntry => ({ path, mode: "100644", from: "x", content: "" });
  const containerfile = containerfileFrom(`FROM scratch AS build
FROM scratch
COPY ["artifacts/0/","/etc/"]
COPY --chown=7:8 ["artifacts/1/","/"]
COPY --from=build ["/etc/hostname","/etc/hostname"]
RUN ["COPY","x"]
`);
  const context = ["artifacts/0/hosts", "artifacts/0/sub/a", "artifacts/1/etc/b", "artifacts/10/c"].map(file);
  const copied = copiedPaths({ containerfile, context, packages: [] });
  assert.equal([...copied], ["etc/hosts", "etc/sub/a", "etc/b"]);
});

test.run();
