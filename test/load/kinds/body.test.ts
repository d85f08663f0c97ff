import { loadMemory, placesOf, problemsOf } from "../../support/memory-tree.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("load/kinds/body");

const FILE = "images/a/image.yaml";
const SHA = "0123456789abcdef".repeat(4);
const HEAD = `kind: BaseImage\nname: a\nversion: 1\nfrom: scratch\nos: debian\n`;

const definition = (...artifacts: readonly string[]) =>
  `${HEAD}artifacts:\n${artifacts.map((artifact) => `  - ${artifact}\n`).join("")}`;
const OTHER = { "images/b/image.yaml": "kind: BaseImage\nname: b\nversion: 1\nfrom: scratch\n", "images/a/f": "x" };

async function read(...artifacts: readonly string[]) {
  const { catalogue, diagnostics } = await loadMemory({ [FILE]: definition(...artifacts), ...OTHER });
  assert.equal(diagnostics, []);
  return [...catalogue.images.values()][0]?.artifacts.map(({ pointer: _, ...rest }) => rest);
}
const said = (...artifacts: readonly string[]) => problemsOf({ [FILE]: definition(...artifacts), ...OTHER });
const places = async (...artifacts: readonly string[]) =>
  (await placesOf({ [FILE]: definition(...artifacts), ...OTHER })).map((place) => place.slice(FILE.length + 1));

test("a download, with its defaults and with all it may have", async () => {
  const url = "https://example.org/v1/x.tar.gz?a=b";
  assert.equal(
    await read(
      `{ url: "${url}", sha256: ${SHA}, dest: /opt }`,
      `{ url: "https://example.org:8443/y", sha256: ${SHA}, mirrors: ["https://files.example/y"], target: /z, owner: a:b, mode: "0755", name: n }`,
    ),
    [
      { type: "url", name: "x.tar.gz", url, sha256: SHA, mirrors: [], target: "/opt/" },
      {
        type: "url",
        name: "n",
        url: "https://example.org:8443/y",
        sha256: SHA,
        mirrors: ["https://files.example/y"],
        target: "/z",
        owner: "a:b",
        mode: "0755",
      },
    ],
  );
});

test("a copy of another image", async () => {
  assert.equal(
    await read("{ image: b, path: /usr/bin/x, dest: /bin }", "{ image: b, path: /y/, target: /z, owner: 1 }"),
    [
      { type: "image", name: "x", image: "b", path: "/usr/bin/x", target: "/bin/" },
      { type: "image", name: "y", image: "b", path: "/y/", target: "/z", owner: "1" },
    ],
  );
});

test("each kind has its own keys, and misses its own", async () => {
  assert.equal(await places("{ target: /x }"), ["7:5 missing-key"]);
  assert.equal(await places("{ url: 'https://example.org/x', target: /x }"), ["7:5 missing-key"]);
  assert.equal(await places("{ image: b, target: /x }"), ["7:5 missing-key"]);
  assert.equal(await places("{ image: b, path: /x }"), ["7:5 missing-key"]);
  assert.equal(await places(`{ path: f, target: /x, sha256: ${SHA} }`), ["7:28 unknown-key"]);
  assert.equal(await places("{ image: b, path: /x, target: /x, mode: '0755' }"), ["7:39 unknown-key"]);
  assert.equal(await places(`{ url: 'https://example.org/x', sha256: ${SHA}, target: /x, path: f }`), [
    "7:123 unknown-key",
  ]);
  assert.equal(await places("{ image: b, path: x, target: /x }"), ["7:23 invalid-value"]);
  assert.equal(await places("{ image: b, path: /x/../y, target: /x }"), ["7:23 invalid-value"]);
});

test("addresses: https, without user, and a whole hash", async () => {
  const refused = [
    "http://example.org/x",
    "https://user:password@example.org/x",
    "https://example.org",
    "https://example.org/a b",
    "https://example.org/x#part",
    "file:///etc/passwd",
    "https://[::1]/x",
    "//example.org/x",
  ];
  for (const url of refused) {
    assert.equal(await places(`{ url: "${url}", sha256: ${SHA}, target: /x }`), ["7:12 invalid-value"], url);
    const mirror = `{ url: "https://example.org/x", sha256: ${SHA}, target: /x, mirrors: ["${url}"] }`;
    assert.equal((await places(mirror)).length, 1, url);
  }
  for (const hash of ["", "abc", SHA.toUpperCase(), `${SHA}0`, `sha256:${SHA}`])
    assert.equal(await places(`{ url: "https://example.org/x", sha256: "${hash}", target: /x }`), [
      "7:45 invalid-value",
    ]);
});

test("an address that ends in no file name needs a target", async () => {
  const hint = "write `target`, the name of the file in the image";
  for (const path of ["", "a/..", "a/.", "a/../", "..?x", "?x=/y"]) {
    const url = `https://example.org/${path}`;
    assert.equal(
      await said(`{ url: "${url}", sha256: ${SHA}, dest: /opt }`),
      [`${FILE}:7:12 artifact-target: the address does not end in the name of a file | ${hint}`],
      url,
    );
    assert.equal(await said(`{ url: "${url}", sha256: ${SHA}, dest: /opt, target: x }`), [], url);
  }
});

const twice = (line: number, what: string) =>
  `two artifacts bring \`${what}\` into the image | the other one is in ${FILE}, line ${line}`;

test("artifact-twice: two that bring one file, whatever their kinds", async () => {
  const download = (more: string) => `{ url: "https://example.org/f", sha256: ${SHA}, ${more} }`;
  assert.equal(await said("{ path: f, dest: /etc }", "{ path: /images/a/f, target: /etc/f }"), [
    `${FILE}:8:5 artifact-twice: ${twice(7, "/etc/f")}`,
  ]);
  assert.equal(await said(download("dest: /etc"), "{ path: f, dest: /etc }"), [
    `${FILE}:8:5 artifact-twice: ${twice(7, "/etc/f")}`,
  ]);
  assert.equal(await said("{ path: f, target: /etc/f }", "{ image: b, path: /x, target: /etc/f }"), [
    `${FILE}:8:5 artifact-twice: ${twice(7, "/etc/f")}`,
  ]);
  assert.equal(await said("{ path: f, dest: /etc }", "{ path: f, dest: /opt }", download("target: /f")), []);
});

test("artifact-twice: what a name for reports says is no place in the image", async () => {
  assert.equal(
    await said("{ image: b, path: /x, dest: /opt, name: n }", "{ image: b, path: /y, dest: /opt, name: n }"),
    [],
  );
  assert.equal(
    await said("{ image: b, path: /out, dest: / }", "{ image: b, path: /usr/out, dest: / }"),
    [],
    "two directories may fill one; what is in them is not known",
  );
});

test("artifact-twice: across a module and the image, at the second with the place of the first", async () => {
  const module = "kind: Module\nname: m\nversion: 1\nartifacts:\n  - { path: g, target: /etc/f }\n";
  const found = await problemsOf({
    ...OTHER,
    [FILE]: `${definition("{ path: f, dest: /etc }")}modules: [m]\n`,
    "catalog/modules/m/module.yaml": module,
    "catalog/modules/m/g": "",
  });
  assert.equal(found, [
    `${FILE}:7:5 artifact-twice: two artifacts bring \`/etc/f\` into the image | the other one is in catalog/modules/m/module.yaml, line 5`,
  ]);
});

test("artifact-twice: stages have their own files", async () => {
  const stage = "stages:\n  - { name: s, from: scratch, artifacts: [{ path: f, target: /f }] }\n";
  assert.equal(await problemsOf({ ...OTHER, [FILE]: `${definition("{ path: f, target: /f }")}${stage}` }), []);
});

test.run();
