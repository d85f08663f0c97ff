import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadDesired } from "../../../src/app/catalogue/desired.js";
import { planBetweenCommits } from "../../../src/app/plan/between-commits.js";
import { readSnapshot } from "../../../src/app/plan/snapshot-file.js";
import type { Context } from "../../../src/context.js";
import { openWorkingTree } from "../../../src/load/git/working-tree.js";
import type { DesiredImage } from "../../../src/model/desired.js";
import { LOCK_FILES, MAX_MANIFEST_BYTES } from "../../../src/model/manifest.js";
import { BUILT_IN_LANGUAGES } from "../../../src/packages/built-in-languages.js";
import { baseImagePaths, basePlaces } from "../../../src/policy/base-images.js";
import { builtInTemplates } from "../../../src/render/templates.js";
import { PLAIN } from "../../../src/report/palette.js";
import { planBetween, standInKeys } from "../../../src/resolve/plan.js";
import { type Content, folder, git, removeTemporary, repository } from "../../load/temporary-catalogue.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("manifests");
test.after(removeTemporary);

type Files = Readonly<Record<string, Content>>;

const list = (language: string, packages: string) =>
  `kind: RuntimePackages\nlanguage: ${language}\npackages: [${packages}]\n`;
const child = (name: string, more: string) => `name: ${name}\nversion: 1\nparent: base\n${more}`;

const REQUIREMENTS = "images/app/requirements.txt";
const PACKAGE = "images/web/package.json";
const LOCK = "images/web/package-lock.json";
const DEFINITION = "images/app/image.yaml";

const lock = (version: string) =>
  JSON.stringify({
    lockfileVersion: 3,
    packages: {
      "": { dependencies: { express: "^4.0.0" } },
      "node_modules/express": { version, integrity: `sha512-${"A".repeat(86)}==` },
    },
  });

/** Two images that ask by a manifest, one of them with a lock file, and one that asks for nothing. */
const SOUND: Files = {
  "catalog/runtime/python3.yaml": list(
    "python3",
    "{ name: flask, versions: [2.*] }, { name: idna, versions: ['3.4'] }",
  ),
  "catalog/runtime/nodejs.yaml": list("nodejs", "{ name: express, versions: [4.*] }"),
  "images/base/image.yaml": "kind: BaseImage\nname: base\nversion: 1\nfrom: scratch\nos: debian\n",
  "images/none/image.yaml": child("none", "language: python3\n"),
  [DEFINITION]: child("app", "language: python3\nruntime-manifest: requirements.txt\n"),
  [REQUIREMENTS]: "# web\nflask>=2\n  idna==3.4\n",
  "images/web/image.yaml": child("web", "language: nodejs\nruntime-manifest: package.json\n"),
  [PACKAGE]: '{\n  "dependencies": { "express": "^4.0.0" }\n}\n',
  [LOCK]: lock("4.18.2"),
};

const load = async (files: Files, today = "2026-06-01") =>
  loadDesired(await openWorkingTree(folder({ ...SOUND, ...files })), builtInTemplates(), { today });

/** `file:line:column code message` of all that is wrong. */
async function problems(files: Files): Promise<string[]> {
  const { diagnostics } = await load(files);
  return diagnostics.map(({ file, line, column, code, message }) => `${file}:${line}:${column} ${code} ${message}`);
}

async function image(name: string, files: Files = {}): Promise<DesiredImage> {
  const { desired, diagnostics } = await load(files);
  assert.equal(diagnostics, []);
  return [...desired.images.values()].find(({ node }) => node.name === name) as DesiredImage;
}

async function key(name: string, files: Files = {}): Promise<string | undefined> {
  const { desired } = await load(files);
  return [...standInKeys(desired)].find(([found]) => found === name)?.[1];
}

/** What a change plans: `action name: CODE detail`. */
async function change(files: Files, before: Files = {}): Promise<string[]> {
  const [base, head] = [await load(before), await load({ ...before, ...files })];
  assert.equal([...base.diagnostics, ...head.diagnostics], []);
  return planBetween(base.desired, head.desired).steps.map(
    ({ action, image: name, reasons }) =>
      `${action} ${name}: ${reasons.map(({ code, detail }) => `${code} ${detail}`).join("; ")}`,
  );
}

test("a manifest is copied and installed from; what it asks for is checked like any package", async () => {
  const { recipe } = await image("app");
  assert.equal(
    recipe.packages.map(({ name, version, approved }) => [name, version, approved]),
    [
      ["flask", undefined, ["2.*"]],
      ["idna", "3.4", ["3.4"]],
    ],
  );
  assert.equal(
    recipe.context.map(({ path, mode, from }) => [path, mode, from]),
    [["manifests/0/requirements.txt", "100644", REQUIREMENTS]],
  );
  const copy = 'COPY ["manifests/0/","/usr/local/lib/manifests/app/"]\n';
  const install = "install --progress-bar off -r '/usr/local/lib/manifests/app/requirements.txt'";
  assert.ok(recipe.containerfile.text.includes(copy));
  assert.ok(recipe.containerfile.text.indexOf(install) > recipe.containerfile.text.indexOf(copy));
  assert.not.match(recipe.containerfile.text, /flask|idna/);
});

test("what is not approved is said at its place in the manifest", async () => {
  assert.equal(await problems({ [REQUIREMENTS]: "# web\nflask>=2\n  idna==3.7\nFlask-Login\n" }), [
    `${REQUIREMENTS}:3:3 version-not-approved idna 3.7 is not approved`,
    `${REQUIREMENTS}:4:1 package-not-approved the package "Flask-Login" is not approved for python3`,
  ]);
  assert.equal(await problems({ [REQUIREMENTS]: "flask\n-r other.txt\n" }), [
    `${REQUIREMENTS}:2:1 manifest-content the option \`-r\` is not passed on`,
  ]);
});

test("a lock file is copied with its manifest and decides the version", async () => {
  const { recipe } = await image("web");
  assert.equal(
    recipe.context.map(({ path }) => path),
    ["manifests/0/package.json", "manifests/0/package-lock.json"],
  );
  assert.is(recipe.packages[0]?.version, "4.18.2");
  const without = await load({ [LOCK]: { link: "other" } });
  assert.equal(
    without.diagnostics.map(({ file, line, code }) => `${file}:${line} ${code}`),
    [`${LOCK}:1 not-a-file`],
  );
  const [problem, ...others] = await problems({ [LOCK]: lock("5.0.0") });
  assert.match(problem ?? "", /^images\/web\/package\.json:2:\d+ version-not-approved express 5\.0\.0 is not approved/);
  assert.equal(others, []);
});

test("bytes of the manifest and of its lock file are inputs of the key; layout of the definition is none", async () => {
  const [app, web] = [await key("app"), await key("web")];
  assert.is(await key("app", { [REQUIREMENTS]: "# web\nflask>=2\n  idna==3.4\n" }), app);
  assert.is.not(await key("app", { [REQUIREMENTS]: "# Web\nflask>=2\n  idna==3.4\n" }), app);
  assert.is.not(await key("web", { [LOCK]: `${lock("4.18.2")}\n` }), web);
  assert.is(await key("web", { [DEFINITION]: child("app", "language: python3\n") }), web);
  // What a range may become is up to the list.
  const wider = list("python3", "{ name: flask, versions: [2.*, 3.*] }, { name: idna, versions: ['3.4', '3.7'] }");
  assert.is.not(await key("app", { "catalog/runtime/python3.yaml": wider }), app);
  const others = list("python3", "{ name: flask, versions: [2.*] }, { name: idna, versions: ['3.4', '3.7'] }");
  assert.is(await key("app", { "catalog/runtime/python3.yaml": others }), app);
});

test("a plan says which package and which file", async () => {
  assert.equal(await change({ [REQUIREMENTS]: "flask>=2\n" }), [
    `build app: PACKAGE idna removed; ARTIFACT ${REQUIREMENTS}`,
  ]);
  assert.equal(await change({ [REQUIREMENTS]: "# web\nflask==2.2.5\n  idna==3.4\n" }), [
    `build app: PACKAGE flask 2.* → 2.2.5; ARTIFACT ${REQUIREMENTS}`,
  ]);
  assert.equal(await change({ [LOCK]: lock("4.19.0") }), [
    `build web: PACKAGE express 4.18.2 → 4.19.0; ARTIFACT ${LOCK}`,
  ]);
  assert.equal(await change({ [DEFINITION]: child("app", "language: python3\nruntime-packages: [flask]\n") }), [
    `build app: PACKAGE idna removed; ARTIFACT ${REQUIREMENTS}`,
  ]);
});

test("a manifest may come with a module; there is room for one", async () => {
  const module = "name: tools\nversion: 1\nruntime-manifest: requirements.txt\n";
  const files = {
    "catalog/modules/tools/module.yaml": module,
    "catalog/modules/tools/requirements.txt": "flask\n",
    "images/none/image.yaml": child("none", "language: python3\nmodules: [tools]\n"),
  };
  const { recipe } = await image("none", files);
  assert.equal(
    recipe.context.map(({ from }) => from),
    ["catalog/modules/tools/requirements.txt"],
  );
  assert.match(recipe.containerfile.text, "/usr/local/lib/manifests/none/");
  assert.equal(await problems({ ...files, "catalog/modules/tools/requirements.txt": "flusk\n" }), [
    'catalog/modules/tools/requirements.txt:1:1 package-not-approved the package "flusk" is not approved for python3',
  ]);
  const both = child("app", "language: python3\nmodules: [tools]\nruntime-manifest: requirements.txt\n");
  assert.equal(await problems({ ...files, [DEFINITION]: both }), [
    `${DEFINITION}:6:19 manifest-twice an image can have only one package manifest, and catalog/modules/tools/module.yaml brings one`,
  ]);
});

test("a build stage has a manifest of its own, in its own place", async () => {
  const stages = `stages:
  - { name: build, parent: base, language: nodejs, runtime-manifest: /${PACKAGE} }
  - { name: next, parent: build, runtime-manifest: package.json }
`;
  const { recipe } = await image("app", {
    [DEFINITION]: child("app", `language: python3\nruntime-manifest: requirements.txt\n${stages}`),
    "images/app/package.json": '{ "dependencies": { "express": "4.18.2" } }\n',
  });
  assert.equal(
    recipe.context.map(({ path }) => path),
    [
      "manifests/0/package.json",
      "manifests/0/package-lock.json",
      "manifests/1/package.json",
      "manifests/2/requirements.txt",
    ],
  );
  assert.equal([...recipe.containerfile.text.matchAll(/^COPY .*$|cd '.*'/gm)].flat(), [
    'COPY ["manifests/0/","/usr/local/lib/manifests/app/build/"]',
    "cd '/usr/local/lib/manifests/app/build'",
    'COPY ["manifests/1/","/usr/local/lib/manifests/app/next/"]',
    "cd '/usr/local/lib/manifests/app/next'",
    'COPY ["manifests/2/","/usr/local/lib/manifests/app/"]',
  ]);
  assert.equal(
    recipe.packages.map(({ name, stage }) => `${name} ${stage}`),
    ["express build", "express next", "flask undefined", "idna undefined"],
  );
});

const manifest = (more: string) => ({ [DEFINITION]: child("app", more) });

test("manifests that cannot be read are said where the image names them", async () => {
  const place = `${DEFINITION}:5:19`;
  const named = (file: string) => manifest(`language: python3\nruntime-manifest: ${file}\n`);
  assert.equal(await problems({ ...named("needs.txt"), "images/app/needs.txt": "flask\n" }), [
    `${place} manifest-unknown pip has no manifest of the name "needs.txt"`,
  ]);
  assert.equal(await problems(named("/images/web/package.json")), [
    `${place} manifest-unknown pip has no manifest of the name "package.json"`,
  ]);
  assert.equal(await problems({ [REQUIREMENTS]: "#".repeat(MAX_MANIFEST_BYTES + 1) }), [
    `${place} manifest-too-large ${REQUIREMENTS} has more than ${MAX_MANIFEST_BYTES} bytes`,
  ]);
  assert.equal(await problems({ [REQUIREMENTS]: "#".repeat(MAX_MANIFEST_BYTES) }), []);
  assert.match(
    (await problems({ [LOCK]: " ".repeat(MAX_MANIFEST_BYTES + 1) })).join("\n"),
    /^[^\n]*manifest-too-large/,
  );
  assert.equal(await problems({ [REQUIREMENTS]: Buffer.from("# caf\xe9\nflask\n", "latin1") }), [
    `${REQUIREMENTS}:1:1 not-text the file is not UTF-8 text`,
  ]);
  assert.equal(await problems(named("missing/requirements.txt")), [
    `${place} manifest-missing there is no file \`missing/requirements.txt\` beside the definition`,
  ]);
  assert.equal(await problems({ [REQUIREMENTS]: { link: "../web/package.json" } }), [
    `${place} not-a-file a manifest must be a regular file, not a symbolic link`,
  ]);
  assert.equal(await problems(named("../../../requirements.txt")), [
    `${place} manifest-missing there is no file \`../../../requirements.txt\` beside the definition`,
  ]);
});

test("a manifest needs a language, and one that reads manifests", async () => {
  assert.equal(await problems(manifest("runtime-manifest: requirements.txt\n")), [
    `${DEFINITION}:4:1 no-language \`runtime-manifest\` needs a \`language\``,
  ]);
  const { diagnostics } = await load({
    ...manifest("language: perl\nruntime-manifest: requirements.txt\n"),
    "catalog/languages/perl/language.yaml": `kind: Language
name: cpanm
scopes: [perl]
names: { patterns: ["^[A-Z][A-Za-z0-9-]*$"], normalise: none }
versions: { patterns: ["^v?[0-9][0-9._]*$"] }
spec: { any: "{name}", exact: "{name}@{version}", pattern: "{name}@{version}" }
list: { command: [perl, -v], output: tsv }
`,
    "catalog/languages/perl/install.hbs":
      "RUN {{prologue}} \\\n{{#each specs}}\n    cpanm '{{this}}'; \\\n{{/each}}\n    true\n",
  });
  assert.equal(
    diagnostics.map(({ code, message, hint }) => [code, message, hint]),
    [
      [
        "manifest-unknown",
        'cpanm has no manifest of the name "requirements.txt"',
        "it reads no manifests: use `runtime-packages`",
      ],
    ],
  );
});

test("a package stands in the manifest or in runtime-packages, not in both", async () => {
  const files = manifest("language: python3\nruntime-packages: [Flask]\nruntime-manifest: requirements.txt\n");
  assert.equal(await problems(files), [`${REQUIREMENTS}:2:1 duplicate-package the package "flask" is listed twice`]);
});

test("an exception lets a manifest's package or version pass", async () => {
  const exceptions = (entries: readonly string[]) =>
    `kind: Exceptions\nexceptions:\n${entries.map((entry) => `  - { ${entry}, image: app, owner: "@a", reason: b, expires: 2026-12-31 }\n`).join("")}`;
  const files = {
    [REQUIREMENTS]: "idna==3.7\nFlask-Login>=0.6\n",
    "policies/exceptions.yaml": exceptions([
      "rule: version-not-approved, package: idna",
      "rule: package-not-approved, package: flask-login",
    ]),
  };
  const { recipe } = await image("app", files);
  assert.equal(
    recipe.packages.map(({ name, version, approved }) => [name, version, approved]),
    [
      ["idna", "3.7", ["3.7"]],
      ["Flask-Login", undefined, []],
    ],
  );
  const { diagnostics } = await load(files, "2027-01-01");
  assert.equal(
    diagnostics.filter(({ file }) => file === REQUIREMENTS).map(({ line, code }) => `${line} ${code}`),
    ["1 version-not-approved", "2 package-not-approved"],
  );
});

test("an approved list reaches the images that ask by a manifest, also where little is read", async () => {
  // Enough other images that reading a part is worth it.
  const others = Object.fromEntries(
    Array.from({ length: 9 }, (_, at) => [`images/other-${at}/image.yaml`, child(`other-${at}`, "")]),
  );
  const directory = await repository({ ...SOUND, ...others, ".gitignore": ".known\n.fresh\n" });
  const [known, fresh] = [join(directory, ".known"), join(directory, ".fresh")];
  const planned = async (state: string) => {
    const context = {
      catalogue: directory,
      colors: { out: PLAIN, note: PLAIN },
      env: { SLIPWAY_STATE: state },
      note: () => {},
      today: () => "2026-06-01",
    };
    return (await planBetweenCommits(context as unknown as Context, "HEAD~1", "HEAD")).plan;
  };
  const commit = async (path: string, text: string) => {
    await writeFile(join(directory, path), text);
    await git(directory, "add", "--all");
    await git(directory, "commit", "--quiet", "--allow-empty", "--message=change");
  };
  await commit("notes.txt", "no part of the catalogue\n");
  await planned(known);
  const index = (await readSnapshot(known))?.head.commit;
  assert.type(index, "string");
  const edits: [string, string, string][] = [
    ["catalog/runtime/nodejs.yaml", list("nodejs", "{ name: express, versions: [4.*] }, { name: pino }"), ""],
    ["catalog/runtime/python3.yaml", list("python3", "{ name: Flask, versions: [3.*] }, { name: idna }"), "app"],
    [LOCK, lock("4.19.0"), "web"],
    [REQUIREMENTS, "flask\n", "app"],
  ];
  for (const [path, text, reached] of edits) {
    await commit(path, text);
    const narrow = await planned(known);
    await rm(fresh, { recursive: true, force: true });
    assert.equal(narrow, await planned(fresh));
    assert.is((await readSnapshot(known))?.head.commit, index, `${path}: everything was read`);
    assert.equal(narrow.steps.map(({ image: name }) => name).join(" "), reached, path);
  }
});

test("a base image's manifest outside of its folder belongs to administrators, with its lock file and its modules'", async () => {
  const { catalogue, diagnostics } = await load({
    "images/node/image.yaml":
      "kind: BaseImage\nname: node\nversion: 1\nparent: base\nlanguage: nodejs\nmodules: [a]\nruntime-manifest: /images/web/package.json\n",
    "images/python/image.yaml":
      "kind: BaseImage\nname: python\nversion: 1\nparent: base\nlanguage: python3\nruntime-manifest: requirements.txt\n",
    "images/python/requirements.txt": "flask\n",
    "catalog/modules/a/module.yaml": "name: a\nversion: 1\nmodules: [b]\n",
    "catalog/modules/b/module.yaml":
      "name: b\nversion: 1\nartifacts: [{ path: /images/shared/motd, dest: /etc }]\nenv: { B: b }\n",
    "catalog/modules/unused/module.yaml":
      "name: unused\nversion: 1\nartifacts: [{ path: /images/none/x, dest: /etc }]\n",
    "images/shared/motd": "hello\n",
    "images/none/x": "x\n",
  });
  assert.equal(diagnostics, []);
  assert.equal(basePlaces(catalogue).own, [
    "images/base/image.yaml",
    "images/node/image.yaml",
    "images/python/image.yaml",
    "images/shared/motd",
    LOCK,
    PACKAGE,
  ]);
  const isBase = baseImagePaths(catalogue);
  assert.equal([LOCK, PACKAGE, "images/python/requirements.txt", REQUIREMENTS].map(isBase), [true, true, true, false]);
});

test("the lock files that are protected are those that are read", () => {
  const formats = BUILT_IN_LANGUAGES.flatMap(({ manifests }) => manifests);
  const locks = formats.flatMap(({ file, lock: beside }) => (beside === undefined ? [] : [[file, beside] as const]));
  assert.equal(Object.fromEntries(locks), LOCK_FILES);
});

test.run();
