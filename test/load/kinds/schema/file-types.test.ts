import type { FileOf } from "../../../../src/load/kinds/schema/file-types.js";
import { asList, asMapping, asText, readList } from "../../../../src/load/kinds/value.js";
import { assert, suite } from "../../../support/suite.js";

const test = suite("load/kinds/schema/file-types");

/*
 * What matters here is said by the compiler: each `@ts-expect-error` fails the build as soon as a reader that disagrees with
 * its schema would compile.
 */

test("a reader sees the keys of its schema, and no others", () => {
  const file: FileOf<"systemPackages"> = {
    os: "debian",
    packages: [{ name: "curl", versions: ["7.*"] }, { name: "jq" }],
  };
  const { os, packages } = asMapping(file);
  assert.is(asText(os), "debian");
  assert.equal(
    readList(packages, (entry) => asText(asMapping(entry).name)),
    ["curl", "jq"],
  );
  // @ts-expect-error: the key has another name.
  assert.is(asMapping(file).package, undefined);
  // @ts-expect-error: nested keys too.
  readList(packages, (entry) => assert.is(asMapping(entry).licence, undefined));
});

test("a list is not text, text is not a mapping, a mapping is no list", () => {
  const file: FileOf<"roles"> = { roles: { administrator: { teams: ["a/b"] } } };
  const { roles, kinds } = asMapping(file);
  const { administrator } = asMapping(roles);
  assert.equal(asList(asMapping(administrator).teams), ["a/b"]);
  // @ts-expect-error: a list.
  assert.is(asText(asMapping(administrator).teams), "");
  // @ts-expect-error: a mapping.
  assert.equal(asList(roles), []);
  // @ts-expect-error: text.
  assert.equal(Object.keys(asMapping(asMapping(kinds).image)), []);
});

test("alternatives, free keys and short forms of an image", () => {
  const file: FileOf<"image"> = {
    metadata: { role: "a", free: "b", deprecated: { reason: "c" } },
    artifacts: [{ url: "https://example.org/", sha256: "0" }, { path: "x" }],
    ports: ["8080", { port: "9090" }],
    env: { A: "b" },
  };
  const image = asMapping(file);
  const metadata = asMapping(image.metadata);
  assert.equal([asText(metadata.role), asText(asMapping(metadata.deprecated).reason)], ["a", "c"]);
  assert.equal(
    readList(image.artifacts, (artifact) => asText(asMapping(artifact).url)),
    ["https://example.org/", ""],
  );
  assert.equal(
    readList(image.ports, (port) => (typeof port === "string" ? port : asText(asMapping(port).port))),
    ["8080", "9090"],
  );
  // @ts-expect-error: no form of an artifact has it.
  readList(image.artifacts, (artifact) => assert.is(asMapping(artifact).source, undefined));
  // @ts-expect-error: a port may be a mapping.
  readList(image.ports, (port) => assert.type(asText(port), "string"));
});

test.run();
