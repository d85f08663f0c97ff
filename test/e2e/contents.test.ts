import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { openWorkshop } from "../../src/app/build/build.js";
import { load } from "../../src/app/catalogue/catalogue.js";
import { contentsOf } from "../../src/app/contents/image-contents.js";
import { createContext } from "../../src/context.js";
import { TestCatalogue } from "../support/catalogue.js";
import { imageName } from "../support/definitions.js";
import { layoutTags } from "../support/layout.js";
import { assert, suite } from "../support/suite.js";
import { wheel } from "../support/wheel.js";
import { Workspace } from "../support/workspace.js";

/** Packages that get into images without being listed; busybox has the dpkg and unzip for that. */
const test = suite("contents");
let workspace: Workspace;
let catalogue: TestCatalogue;

const IMAGES: Readonly<Record<string, string>> = {
  deb: `artifacts:
  - { path: smuggled.deb, dest: /tmp }
setup:
  - mkdir -p /var/lib/dpkg/info && touch /var/lib/dpkg/status
  - busybox dpkg --install /tmp/smuggled.deb && rm /tmp/smuggled.deb
`,
  wheel: `artifacts:
  - { path: smuggled.whl, dest: /tmp }
setup:
  - busybox unzip -q /tmp/smuggled.whl -d /usr/lib/python3/dist-packages && rm /tmp/smuggled.whl
`,
  node: `artifacts:
  - { path: app, dest: /srv }
`,
};

interface Built {
  readonly results: readonly {
    readonly image: string;
    readonly outcome: string;
    readonly error?: { readonly code: string; readonly message: string; readonly tail?: readonly string[] };
  }[];
}

test.before(async () => {
  workspace = await Workspace.create();
  const files = Object.entries(IMAGES).map(([name, body]) => [
    `images/${name}/image.yaml`,
    `name: ${name}\nversion: "1"\nparent: base\n${body}`,
  ]);
  catalogue = await TestCatalogue.create(workspace, "catalogue", {
    ...Object.fromEntries(files),
    // What is tried here is another rule: test/e2e/account.test.ts tries these.
    "policies/exceptions.yaml": `kind: Exceptions
exceptions:
  - { rule: package-database, image: deb, owner: "@bob", reason: of the test, expires: 2999-01-01 }
  - { rule: setup-made, image: wheel, owner: "@bob", reason: of the test, expires: 2999-01-01 }
`,
    "images/base/rootfs/usr/lib/python3/dist-packages/.keep": "",
    "images/base/rootfs/var/lib/.keep": "",
    "images/node/app/index.js": 'require("smuggled");\n',
    "images/node/app/node_modules/smuggled/package.json": '{"name":"smuggled","version":"1.0.0"}\n',
    "images/child/image.yaml": 'name: child\nversion: "1"\nparent: deb\n',
  });
  await catalogue.write("images/deb/smuggled.deb", await debianPackage("smuggled", "1.0-1"));
  await catalogue.write("images/wheel/smuggled.whl", wheel("smuggled", "1.0").bytes);
  await catalogue.expect(0, ["build", "base"]);
});
test.after(() => workspace.remove());

async function debianPackage(name: string, version: string): Promise<Buffer> {
  const directory = workspace.path("package");
  await mkdir(`${directory}/DEBIAN`, { recursive: true });
  const control = `Package: ${name}\nVersion: ${version}\nArchitecture: all\nMaintainer: test@example.org\nDescription: test\n`;
  await writeFile(`${directory}/DEBIAN/control`, control);
  await promisify(execFile)("dpkg-deb", ["-Zgzip", "--build", directory, `${directory}.deb`]);
  return readFile(`${directory}.deb`);
}

async function refused(name: string) {
  const { results } = await catalogue.json<Built>(["build", name], 1);
  const found = results.find(({ image }) => image === name);
  assert.is(found?.error?.code, "NOT_APPROVED", JSON.stringify(found));
  const tags = [...layoutTags(catalogue.path(".slipway/registry")).keys()];
  assert.equal(
    tags.filter((tag) => tag.startsWith(`${name}:`)),
    [],
    "no tag moved",
  );
  return { message: found?.error?.message ?? "", tail: found?.error?.tail ?? [] };
}

test("a Debian package that setup installs", async () => {
  const { message, tail } = await refused("deb");
  assert.is(message, "smuggled 1.0-1 (deb, /var/lib/dpkg/status) is in deb, and nothing requests it");
  assert.match(tail[0] ?? "", /^images\/deb\/image\.yaml:6:1: package-unasked: smuggled 1\.0-1 /);
  assert.match(tail[1] ?? "", "hint: write it into `system-packages`, or take it out of `setup` and the artifacts");
});

test("a wheel that setup unpacks", async () => {
  const { message, tail } = await refused("wheel");
  const place = "/usr/lib/python3/dist-packages/smuggled-1.0.dist-info";
  assert.is(message, `smuggled 1.0 (pypi, ${place}) is in wheel, and nothing requests it`);
  assert.match(tail[1] ?? "", "hint: write it into `runtime-packages`");
});

test("Node.js packages among the files of an artifact", async () => {
  const { message } = await refused("node");
  assert.match(message, "smuggled 1.0.0 (npm, /srv/node_modules/smuggled) is in node, and nothing requests it");
  const { stdout } = await catalogue.expect(1, ["build", "node"]);
  assert.match(
    stdout,
    /^node failed: not approved\n {2}\| images\/node\/image\.yaml:4:1: package-unasked: smuggled 1\.0\.0 /m,
  );
});

test("an approved package may stay, and a child does not count as adding it, even on a machine that has not inspected the parent", async () => {
  await catalogue.edit("catalog/system/debian.yaml", "packages:\n", "packages:\n  - { name: smuggled }\n");
  await catalogue.expect(0, ["build", "deb"]);
  await catalogue.edit("catalog/system/debian.yaml", "  - { name: smuggled }\n", "");
  await catalogue.expect(0, ["build", "child", "--registry", `oci:${catalogue.path(".slipway/registry")}`], {
    env: { ...workspace.env, SLIPWAY_STATE: workspace.path("another-machine") },
  });
});

/** The contents of the images, as another machine finds them. */
async function contents(state: string, scan: boolean) {
  const env = { ...workspace.env, SLIPWAY_STATE: workspace.path(state) };
  const context = { ...createContext({ catalogue: catalogue.directory }, new AbortController().signal), env };
  workspace.track(catalogue.directory, env);
  return contentsOf(context, await load(context), {
    scan,
    openScanner: openWorkshop,
    registry: `oci:${catalogue.path(".slipway/registry")}`,
  });
}

test("which image brought which package, in images that were inspected or may be inspected now", async () => {
  assert.is((await contents("curious", false)).get(imageName("child"))?.from, "image", "its list is attached");
  const scanned = await contents("curious", true);
  const shown = (name: string) => {
    const { from, packages } = scanned.get(imageName(name)) ?? { packages: [] };
    return [from, ...packages.map((entry) => `${entry.name} by ${entry.broughtBy} ${entry.why.type}`)];
  };
  assert.equal(shown("child"), ["image", "smuggled by deb unasked"]);
  assert.equal(shown("base"), ["image"]);
  assert.equal(shown("wheel"), ["unknown"], "it was never published");
  assert.equal(await contents("curious", false), scanned, "and it is remembered");
});

test("an image that is too large fails before any tag moves; an exception lets it pass", async () => {
  await catalogue.write(
    "policies/images.yaml",
    "kind: ImagePolicy\nsizes:\n  - { max: 1GB }\n  - { max: 1kB, images: [large] }\n",
  );
  await catalogue.write("images/large/image.yaml", 'name: large\nversion: "1"\nparent: base\nenv: { A: b }\n');
  const { results } = await catalogue.json<Built>(["build", "large"], 1);
  const { error } = results.find(({ image }) => image === "large") ?? {};
  assert.is(error?.code, "NOT_APPROVED");
  assert.match(error?.message ?? "", /^large has \d+(?:\.\d)? MB, and may have 1kB$/);
  assert.equal(
    [...layoutTags(catalogue.path(".slipway/registry")).keys()].filter((tag) => tag.startsWith("large:")),
    [],
  );
  const exception = "{ rule: image-too-large, image: large, owner: '@bob', reason: it is, expires: 2999-01-01 }";
  await catalogue.write("policies/exceptions.yaml", `kind: Exceptions\nexceptions: [${exception}]\n`);
  await catalogue.expect(0, ["build", "large"]);
});

test.run();
