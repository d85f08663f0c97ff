import { assert, suite } from "../../support/suite.js";
import { loadFiles, removeTemporary } from "../temporary-catalogue.js";

const test = suite("load/kinds/bootstrap");
test.after(removeTemporary);

const load = (bootstrap: string) =>
  loadFiles({ "images/a/image.yaml": `kind: BaseImage\nname: a\nversion: 1\nos: photon\nbootstrap: ${bootstrap}\n` });

async function said(bootstrap: string): Promise<string[]> {
  const { diagnostics } = await load(bootstrap);
  return diagnostics.map(({ line, column, code, message }) => `${line}:${column} ${code}: ${message}`);
}

test("a bootstrap by dnf: repositories by name, as URL or with the key of their packages", async () => {
  const { catalogue, diagnostics } = await load(
    "{ manager: dnf, repositories: { b: https://b.example/$releasever/$basearch/, a: { url: http://a.example, gpgkey: https://a.example/KEY } }, releasever: 5.0, packages: [filesystem, bash] }",
  );
  assert.equal(diagnostics, []);
  assert.equal([...catalogue.images.values()][0]?.origin, {
    type: "bootstrap",
    bootstrap: {
      manager: "dnf",
      repositories: [
        { name: "a", url: "http://a.example", gpgkey: "https://a.example/KEY" },
        { name: "b", url: "https://b.example/$releasever/$basearch/" },
      ],
      releasever: "5.0",
      packages: ["filesystem", "bash"],
    },
  });
});

test("one error for one mistake: keys of the other manager, keys that are missing", async () => {
  const dnf = "manager: dnf, releasever: 5, packages: [bash]";
  const repositories = "repositories: { r: https://r.example/ }";
  assert.equal(await said(`{ ${dnf}, ${repositories}, suite: bookworm }`), [
    "5:102 exclusive-keys: `suite` is for a bootstrap by apt",
  ]);
  assert.equal(await said(`{ manager: apt, suite: bookworm, ${repositories} }`), [
    "5:45 exclusive-keys: `repositories` is for a bootstrap by dnf",
  ]);
  assert.equal(await said(`{ ${dnf} }`), ["5:12 missing-key: `repositories` is missing in `bootstrap`"]);
  assert.equal(await said(`{ ${dnf}, repositories: {} }`), [
    "5:12 missing-key: `repositories` is missing in `bootstrap`",
  ]);
  assert.equal(await said(`{ manager: dnf, releasever: 5, ${repositories} }`), [
    "5:12 missing-key: `packages` is missing in `bootstrap`",
  ]);
  assert.equal(await said("{ manager: apt }"), ["5:12 missing-key: `suite` is missing in `bootstrap`"]);
  assert.equal(await said("{ suite: bookworm }"), ["5:12 missing-key: `manager` is missing in `bootstrap`"]);
  assert.equal(await said("{ manager: zypper }"), [
    "5:23 invalid-value: `bootstrap.manager` must be `apt` or `dnf`; not `zypper`",
  ]);
});

test("what a repository's name and URL may be", async () => {
  const codes = async (name: string, url: string) => {
    const text = `{ manager: dnf, releasever: 5, packages: [a], repositories: { ${JSON.stringify(name)}: ${JSON.stringify(url)} } }`;
    return (await load(text)).diagnostics.map(({ code }) => code);
  };
  assert.equal(await codes("photon-5.0", "https://p.example:8443/photon_$releasever/"), []);
  for (const name of ["main", "a b", "[a]", "-a", "a\nb"])
    assert.equal(await codes(name, "https://p.example/"), ["invalid-value"], name);
  for (const url of [
    "file:///etc",
    "ftp://h/",
    "https://u:p@h/",
    "https://h/a b",
    "https://h/\n[x]",
    "https://h/?a",
    "h",
  ])
    assert.equal(await codes("r", url), ["invalid-value"], url);
});

const list = (text: string) =>
  `kind: SystemPackages\nos: altlinux\n${text}packages: [bash]\n`.replace("[bash]", "[{ name: bash }]");

test("an approved list may name a package manager; several files of one system agree", async () => {
  const one = await loadFiles({ "catalog/system/altlinux.yaml": list("manager: dnf\n") });
  assert.equal(one.diagnostics, []);
  assert.is(one.catalogue.systemLists.get("altlinux")?.manager?.name, "dnf");
  const two = await loadFiles({
    "catalog/system/altlinux.yaml": list("manager: dnf\n"),
    "catalog/system/more.yaml": list("manager: apk\n").replace("bash", "dash"),
    "catalog/system/same.yaml": list("manager: dnf\n").replace("bash", "zsh"),
  });
  assert.equal(
    two.diagnostics.map(({ file, line, code, message, hint }) => [file, line, code, message, hint]),
    [
      [
        "catalog/system/more.yaml",
        3,
        "manager-mismatch",
        "altlinux has two package managers, `dnf` and `apk`",
        "the first is in catalog/system/altlinux.yaml, line 3",
      ],
    ],
  );
  const wrong = await loadFiles({ "catalog/system/altlinux.yaml": list("manager: pip\n") });
  assert.equal(
    wrong.diagnostics.map(({ code }) => code),
    ["invalid-value"],
  );
});

test.run();
