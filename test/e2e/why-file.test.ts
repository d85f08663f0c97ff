import { TestCatalogue } from "../support/catalogue.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const test = suite("where a file comes from");
let workspace: Workspace;
let catalogue: TestCatalogue;

test.before(async () => {
  workspace = await Workspace.create();
  catalogue = await TestCatalogue.create(workspace, "catalogue", {
    "images/blue/image.yaml": `name: blue
version: "2.1"
parent: app
artifacts:
  - { path: run.sh, dest: /srv }
  - { image: tools, path: /etc/tools, target: /srv/copied }
setup:
  - rm /etc/app.conf
  - echo more >> /etc/tools && /bin/busybox ln -s /srv /opt
`,
    "images/blue/run.sh": "#!/bin/sh\necho blue\n",
  });
  await catalogue.expect(0, ["build", "blue"]);
});
test.after(() => workspace.remove());

const TOOLS = "21be1903630f069893d2d0bed2ab7945c3fd838da02dd7516f1f4f89819af857"; // sha256 of "tools\n"
const MORE = "542562a7b90abfbd3ba740770853d110e3a81aa9ffd0b8bf13eb0a627afb5dd3"; // of "tools\nmore\n"
const CONF = "fe9353caec2b8ee5da7a177a79cc394d6be710d6650fe91a4960dbc873dea6d4"; // of app.conf
const RUN = "d9e4d799694bbe7791eb6b41374e997011c28f02859a5a453a82589bcd14e7b2"; // of run.sh

/** Exactly what `slipway why-file blue PATH` prints. */
const ANSWERS: Readonly<Record<string, string>> = {
  "/etc/tools": `/etc/tools in blue
  brought by blue: its \`setup\` (images/blue/image.yaml:7)
    sha256 ${MORE}, 11 bytes, mode 0644
  brought by tools: its \`setup\` (images/tools/image.yaml:6)
    sha256 ${TOOLS}, 6 bytes, mode 0644
`,
  "/opt": `/opt in blue
  brought by blue: its \`setup\` (images/blue/image.yaml:7)
    /opt is a link to /srv
`,
  "/opt/../opt/run.sh": `/opt/run.sh in blue
  /opt is a link to /srv, of blue
  brought by blue: the artifact images/blue/run.sh (images/blue/image.yaml:5)
    sha256 ${RUN}, 20 bytes, mode 0644
`,
  "/srv/copied": `/srv/copied in blue
  brought by blue: as in tools, copied from tools /etc/tools (images/blue/image.yaml:6)
    sha256 ${TOOLS}, 6 bytes, mode 0644
  brought by tools: its \`setup\` (images/tools/image.yaml:6)
    sha256 ${TOOLS}, 6 bytes, mode 0644
`,
  "/etc/app.conf": `/etc/app.conf in blue
  deleted by blue: its \`setup\` (images/blue/image.yaml:7)
  brought by app: the artifact images/app/app.conf (images/app/image.yaml:5)
    sha256 ${CONF}, 14 bytes, mode 0644
`,
};

for (const [path, answer] of Object.entries(ANSWERS)) {
  test(`why-file explains ${path}`, async () => {
    assert.is((await catalogue.expect(0, ["why-file", "blue", path])).stdout, answer);
  });
}

test("why-file --json has what each image did, the last one first", async () => {
  assert.equal(await catalogue.json(["why-file", "blue", "/etc/app.conf"]), {
    image: "blue",
    path: "/etc/app.conf",
    links: [],
    layers: [
      {
        image: "blue",
        at: "images/blue/image.yaml:7",
        path: "/etc/app.conf",
        kind: "deleted",
        origin: { type: "setup" },
      },
      {
        image: "app",
        at: "images/app/image.yaml:5",
        path: "/etc/app.conf",
        kind: "file",
        sha256: CONF,
        size: 14,
        mode: "0644",
        origin: { type: "artifact", from: "images/app/app.conf" },
      },
    ],
    unknown: [],
  });
});

/** By arguments: the exit code, and exactly what is printed. */
const MISTAKES: readonly (readonly [image: string, path: string, code: number, said: string])[] = [
  ["blue", "/etc/tool", 2, "blue has no /etc/tool\nhint: did you mean /etc/tools?\n"],
  ["blue", "/x/copied", 2, "blue has no /x/copied\nhint: did you mean /srv/copied?\n"],
  ["blue", "srv/app", 2, "srv/app is not an absolute path in the image\nhint: did you mean /srv/app?\n"],
  ["blue", "/srv", 2, "/srv is a directory of 3 files\nhint: such as /srv/app\n"],
  ["blu", "/etc/tools", 2, 'no image is named "blu"\nhint: did you mean blue?\n'],
  ["green", "/etc/tools", 1, "green is not built\nhint: slipway build green\n"],
];

for (const [image, path, code, said] of MISTAKES) {
  test(`why-file ${image} ${path} says what is wrong`, async () => {
    const { stdout, stderr } = await catalogue.expect(code, ["why-file", image, path]);
    assert.equal([stdout, stderr], ["", `slipway: ${said}`]);
  });
}

interface CycloneDx {
  readonly components: readonly {
    readonly type: string;
    readonly name: string;
    readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
    readonly properties: readonly { readonly name: string; readonly value: string }[];
  }[];
}

interface Spdx {
  readonly files: readonly {
    readonly SPDXID: string;
    readonly fileName: string;
    readonly checksums: readonly { readonly algorithm: string; readonly checksumValue: string }[];
    readonly comment: string;
  }[];
  readonly relationships: readonly Readonly<Record<string, string>>[];
}

test("sbom --files has every file that a container sees, in CycloneDX", async () => {
  const { components } = await catalogue.json<CycloneDx>(["sbom", "blue", "--files"]);
  const files = new Map(components.map((each) => [each.name, each]));
  assert.is(files.size, components.length);
  const shown = (path: string) => {
    const { type, hashes = [], properties = [] } = files.get(path) ?? {};
    return [type, hashes.map(({ content }) => content), properties.map(({ name, value }) => `${name}=${value}`)];
  };
  assert.equal(shown("/etc/tools"), [
    "file",
    [MORE],
    ["slipway:broughtBy=blue", "slipway:mode=0644", "slipway:origin=setup"],
  ]);
  assert.equal(shown("/opt"), [
    "file",
    [],
    ["slipway:broughtBy=blue", "slipway:kind=link", "slipway:origin=setup", "slipway:target=/srv"],
  ]);
  assert.equal(shown("/srv/copied"), [
    "file",
    [TOOLS],
    [
      "slipway:broughtBy=blue",
      "slipway:mode=0644",
      "slipway:origin=base",
      "slipway:originOf=tools",
      "slipway:copiedFrom=tools /etc/tools",
    ],
  ]);
  assert.not.ok(files.has("/etc/app.conf"), "a deleted file is not there");
});

test("sbom --files has the regular files in SPDX, each contained in the image", async () => {
  const { files, relationships } = await catalogue.json<Spdx>(["sbom", "blue", "--files", "--format", "spdx"]);
  const names = files.map(({ fileName }) => fileName);
  assert.ok(names.includes("./bin/busybox"));
  for (const path of ["./opt", "./bin/sh", "./etc/app.conf"]) assert.not.ok(names.includes(path), path);
  const run = files.find(({ fileName }) => fileName === "./srv/run.sh");
  assert.equal(run?.checksums, [{ algorithm: "SHA256", checksumValue: RUN }]);
  assert.is(run?.comment, "brought by blue; slipway:origin: artifact; slipway:originOf: images/blue/run.sh");
  const contained = relationships.filter(({ relationshipType }) => relationshipType === "CONTAINS");
  assert.equal(
    contained.map(({ relatedSpdxElement }) => relatedSpdxElement),
    files.map(({ SPDXID }) => SPDXID),
  );
});

test("without --files the document lists no file; the attached account serves a machine that did not build", async () => {
  const bare = await catalogue.json<{ readonly components?: CycloneDx["components"] }>(["sbom", "blue"]);
  assert.equal(bare.components ?? [], []);
  const here = (await catalogue.expect(0, ["sbom", "blue", "--files"])).stdout;
  await catalogue.delete(".slipway/cache");
  assert.is((await catalogue.expect(0, ["sbom", "blue", "--files"])).stdout, here);
  assert.is((await catalogue.expect(0, ["why-file", "blue", "/opt"])).stdout, ANSWERS["/opt"]);
});

test.run();
