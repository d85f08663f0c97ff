import fc from "fast-check";
import { readLock } from "../../src/load/kinds/lock.js";
import type { LockedImage, LockedPackage } from "../../src/model/lock.js";
import { packageJson, packageOrder } from "../../src/model/lock-syntax.js";
import type { ImageName } from "../../src/model/names.js";
import { lockText } from "../../src/report/lock-text.js";
import { anyBases, anyPackage, locked, lockOf } from "../support/lock.js";
import { assert, suite } from "../support/suite.js";

const test = suite("report/lock-text");

const orderOf = (entry: LockedPackage) => packageOrder(packageJson(entry));

const distinct = (packages: readonly LockedPackage[]) =>
  [...new Map(packages.map((entry) => [orderOf(entry), entry])).values()].sort((a, b) =>
    orderOf(a) < orderOf(b) ? -1 : 1,
  );

const anyImage: fc.Arbitrary<LockedImage> = fc.record({
  madeFrom: fc.stringMatching(/^[0-9a-f]{64}$/),
  packages: fc.array(anyPackage, { maxLength: 5 }).map(distinct),
});

const anyImages = fc
  .uniqueArray(fc.tuple(fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,5}$/), anyImage), {
    maxLength: 6,
    selector: ([name]) => name,
  })
  .map((entries) => new Map(entries as [ImageName, LockedImage][]));

const read = (text: string) => readLock("slipway.lock", Buffer.from(text));

test("the text is read back unchanged, whatever the order of the input", () => {
  fc.assert(
    fc.property(anyImages, anyBases, (images, bases) => {
      const text = lockText(images, bases);
      const { result, diagnostics } = read(text);
      assert.equal(diagnostics, []);
      assert.equal(result?.names, [...images.keys()].sort());
      for (const [name, image] of images) {
        assert.is(result?.problem(name), undefined);
        assert.is(result?.find(name)?.madeFrom, image.madeFrom);
        assert.equal(result?.find(name)?.packages, image.packages);
      }
      const found = [...(result?.bases ?? [])].map(([ref, { digest, platforms }]) => [ref, { digest, platforms }]);
      assert.equal(new Map(found as never), bases);
      const backwards = new Map(
        [...images]
          .reverse()
          .map(([name, { madeFrom, packages }]) => [name, { madeFrom, packages: [...packages].reverse() }]),
      );
      assert.is(lockText(backwards, new Map([...bases].reverse())), text);
    }),
    { numRuns: 200 },
  );
});

test("a change to one image touches only the lines of that image", () => {
  fc.assert(
    fc.property(anyImages, anyImage, fc.nat(), (images, other, at) => {
      fc.pre(images.size > 0);
      const name = [...images.keys()].sort()[at % images.size] as ImageName;
      const before = lockText(images, new Map());
      const after = lockText(new Map([...images, [name, other]]), new Map());
      const one = read(before).result?.text(name) as string;
      const two = read(after).result?.text(name) as string;
      assert.is(
        after,
        before.replace(one, () => two),
      );
    }),
  );
});

test("the exact format", () => {
  const libpq = locked("libpq5", "15.18-0+deb12u1", { source: "postgresql-15", license: "PostgreSQL – licence" });
  const adduser = locked("adduser", "3.134", { arch: "all", why: ["base", "libpq5"], bootstrap: true });
  const flask = locked("flask", "3.0", { stage: "build", manager: "pip", file: "flask-3.0-py3-none-any.whl" });
  const text = lockOf({ web: [flask, libpq, adduser], debian: [] }, { "docker.io/library/photon:5.0": "b" });
  assert.is(
    text,
    `# Written by \`slipway lock\`; see docs/lock.md. After a merge conflict run it again.
kind: Lock
bases:
  - {"ref":"docker.io/library/photon:5.0","digest":"sha256:${"b".repeat(64)}","platforms":{}}
images:
  debian:
    made-from: ${"0".repeat(64)}
    packages: []
  web:
    made-from: ${"0".repeat(64)}
    packages:
      - {"manager":"apt","name":"adduser","version":"3.134","arch":"all","file":"adduser_3.134_amd64.deb","size":1,"sha256":"${"a".repeat(64)}","why":["base","libpq5"],"bootstrap":true}
      - {"manager":"apt","name":"libpq5","version":"15.18-0+deb12u1","arch":"amd64","file":"libpq5_15.18-0+deb12u1_amd64.deb","size":1,"sha256":"${"a".repeat(64)}","source":"postgresql-15","license":"PostgreSQL \\u2013 licence","why":[]}
      - {"stage":"build","manager":"pip","name":"flask","version":"3.0","arch":"amd64","file":"flask-3.0-py3-none-any.whl","size":1,"sha256":"${"a".repeat(64)}","why":[]}
`,
  );
  assert.is(lockOf({}), text.slice(0, text.indexOf("bases:")).concat("bases: []\nimages: {}\n"));
});

test.run();
