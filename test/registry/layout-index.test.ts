import type { Digest } from "../../src/model/names.js";
import { RegistryError } from "../../src/model/registry.js";
import { formatIndex, indexEntry, parseIndex, refName } from "../../src/registry/layout-index.js";
import { OCI_MANIFEST } from "../../src/registry/manifest.js";
import { assert, suite } from "../support/suite.js";

const test = suite("layout index");
const entry = (name: string, digit = "1") =>
  indexEntry({ mediaType: OCI_MANIFEST, digest: `sha256:${digit.repeat(64)}` as Digest, size: 7 }, name);

test("the text does not depend on the order of the entries", () => {
  const [a, b, c] = [entry("a:1"), entry("a:1", "2"), entry("b:1")];
  assert.is(formatIndex([c, b, a]), formatIndex([a, b, c]));
  assert.equal(parseIndex(formatIndex([c, b, a]), "index.json"), [a, b, c]);
});

test("fields of other tools stay as they are", () => {
  const foreign = { ...entry("x"), platform: { os: "linux" }, annotations: { a: "b" } };
  const [read] = parseIndex(formatIndex([foreign]), "index.json");
  assert.equal(read, foreign);
  assert.is(read && refName(read), undefined);
});

test("what is no index names the file and the trouble", () => {
  for (const [text, why] of [
    ["", /not JSON/],
    ["[]", /not an image index/],
    ['{"schemaVersion":2,"manifests":[{}]}', /entry 0/],
    ['{"schemaVersion":2,"manifests":[{"mediaType":"x","size":1,"digest":"sha256:../../../etc/passwd"}]}', /entry 0/],
  ] as const) {
    try {
      parseIndex(text, "dir/index.json");
      assert.unreachable();
    } catch (error) {
      assert.instance(error, RegistryError);
      assert.match((error as Error).message, why);
      assert.match((error as Error).message, /^dir\/index.json cannot be read/);
    }
  }
});

test.run();
