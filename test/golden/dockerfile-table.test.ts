import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type LoadedCatalogue, loadDesired } from "../../src/app/catalogue/desired.js";
import { openWorkingTree } from "../../src/load/git/working-tree.js";
import type { ImageName } from "../../src/model/names.js";
import type { Recipe } from "../../src/model/recipe.js";
import { builtInTemplates } from "../../src/render/templates.js";
import { type Content, folder, removeTemporary } from "../load/temporary-catalogue.js";
import { parseContainerfile } from "../support/containerfile.js";
import { anchorOf, blocksOf, headingsOf, type PageBlock, withTexts } from "../support/page-blocks.js";
import { assert, suite } from "../support/suite.js";

/*
 * docs/dockerfile.md is its own golden file: each YAML block is loaded and rendered, and the Containerfile block after it is the
 * result. `npm run golden` rewrites them.
 */
const test = suite("golden/dockerfile-table");
const PAGE = fileURLToPath(new URL("../../../docs/dockerfile.md", import.meta.url));
const page = readFileSync(PAGE, "utf8");
const blocks = blocksOf(page);

/** Dockerfile reference, "Overview". */
const INSTRUCTIONS =
  "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR";

/** The same, under each instruction. */
const FLAGS = [
  "FROM --platform",
  ...["--mount", "--network", "--security"].map((flag) => `RUN ${flag}`),
  ...["--from", "--chown", "--chmod", "--link", "--parents", "--exclude"].map((flag) => `COPY ${flag}`),
  ...["--keep-git-dir", "--checksum", "--chown", "--chmod", "--link", "--unpack", "--exclude"].map(
    (flag) => `ADD ${flag}`,
  ),
  ...["interval", "timeout", "start-period", "start-interval", "retries"].map((flag) => `HEALTHCHECK --${flag}`),
];

/** The images that snippets start from, and the packages they may install. */
const SURROUNDINGS: Readonly<Record<string, Content>> = {
  "images/debian/image.yaml":
    'kind: BaseImage\nname: debian\nversion: "1"\nos: debian\nbootstrap: { manager: apt, suite: bookworm, packages: [python3-pip] }\n',
  "images/golang-builder/image.yaml": 'name: golang-builder\nversion: "1"\nparent: debian\n',
  "images/app-base/image.yaml": 'name: app-base\nversion: "1"\nparent: debian\nrun: { user: app }\n',
  "catalog/system/debian.yaml":
    "os: debian\npackages: [{ name: build-essential }, { name: curl }, { name: python3-dev }, { name: python3-pip }]\n",
  "catalog/runtime/python3.yaml": 'language: python3\npackages: [{ name: flask, versions: ["2.*"] }]\n',
};

/** Files beside each snippet. */
const BESIDE: Readonly<Record<string, Content>> = {
  "app/start": { program: "#!/bin/sh\n" },
  "app/lib/words.txt": "words\n",
  "requirements.txt": "flask\n",
  "server.conf": "port = 8080\n",
  "src/main.go": "package main\n",
};

const folderOf = (index: number) => `images/example-${index}`;

/** All blocks as one catalogue. Keys that a snippet leaves out are appended to it. */
function catalogueOf(snippets: readonly PageBlock[]): Record<string, Content> {
  const files: Record<string, Content> = { ...SURROUNDINGS };
  for (const [index, { text }] of snippets.entries()) {
    const kind = /^kind: (\w+)/.exec(text)?.[1];
    if (kind === "Bases") files["catalog/bases.yaml"] = text;
    else if (kind === "Module") files[`catalog/modules/module-${index}/module.yaml`] = text;
    else {
      const origin = /^(parent|from|bootstrap):/m.exec(text)?.[1];
      const rest = [
        ...(/^name:/m.test(text) ? [] : [`name: example-${index}`, 'version: "1.0"']),
        ...(origin === undefined ? ["parent: debian"] : []),
        ...(origin === "from" ? ["kind: BaseImage"] : []),
      ];
      files[`${folderOf(index)}/image.yaml`] = `${[text.trimEnd(), ...rest].join("\n")}\n`;
      for (const [name, content] of Object.entries(BESIDE)) files[`${folderOf(index)}/${name}`] = content;
    }
  }
  return files;
}

/** `yml`, not `yaml`, because these blocks are not complete files. */
const yamlBlocks = blocks.filter(({ language }) => language === "yml");

async function loadPage(): Promise<LoadedCatalogue> {
  const tree = await openWorkingTree(folder(catalogueOf(yamlBlocks)));
  return loadDesired(tree, builtInTemplates(), { today: "2026-01-01" });
}

test.after(removeTemporary);

/** The beginning of every RUN step, which the page shows in full only once. */
const PROLOGUE = /if \[ -e \/media\/env \].*? SOURCE_DATE_EPOCH=\d+ PYTHONDONTWRITEBYTECODE=1;/g;

/** A recipe as the page shows it: with the files of the context as comments, and without FROM if the snippet does not set it. */
function shown({ containerfile, context }: Recipe, { text }: PageBlock, isFirst: boolean): string {
  const [, ...lines] = containerfile.text.trimEnd().split("\n");
  const start = /^(?:parent|from|bootstrap):/m.test(text) ? "" : "FROM localhost/debian";
  const stages = lines.filter((line) => /^FROM /.test(line)).length;
  const at = lines.indexOf(start);
  const kept = stages === 1 && at >= 0 ? lines.toSpliced(at, 1) : lines;
  const files = context.map(({ path, mode, from, permissions }) => {
    const bits = permissions ?? (mode === "100755" ? "0755" : "0644");
    return `# ${path} is ${from.replace(/^images\/example-\d+\//, "")}, mode ${bits}`;
  });
  const all = [...files, ...kept].map((line) => `${line}\n`).join("");
  const named = all.replace(/\bexample-\d+\b/g, "example");
  return isFirst ? named : named.replace(PROLOGUE, "…");
}

test("each snippet is rendered to the Containerfile behind it", async () => {
  const { desired, diagnostics } = await loadPage();
  assert.equal(
    diagnostics.map(({ file, line, message }) => `${file}:${line}: ${message}`),
    [],
  );
  const byFolder = new Map([...desired.images.values()].map((image) => [image.node.definition.folder, image]));
  const texts = new Map<PageBlock, string>();
  for (const [index, block] of yamlBlocks.entries()) {
    const image = byFolder.get(folderOf(index));
    if (image === undefined) continue;
    parseContainerfile(image.recipe.containerfile.text);
    const after = blocks[blocks.indexOf(block) + 1];
    if (after?.language !== "dockerfile") throw new Error(`no Containerfile behind:\n${block.text}`);
    texts.set(after, shown(image.recipe, block, texts.size === 0));
  }
  const wanted = withTexts(page, texts);
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(PAGE, wanted);
  else assert.fixture(page, wanted, "docs/dockerfile.md");
  const results = blocks.filter(({ language }) => language === "dockerfile");
  assert.equal(
    results.filter((block) => !texts.has(block)).map(({ text }) => text),
    [],
    "every Containerfile of the page has its snippet",
  );
  assert.ok(desired.images.has("tools-1.20" as ImageName), "the matrix is one");
});

interface Row {
  readonly link: string;
  readonly dockerfile: string;
  readonly here: string;
}

const rows = [...page.matchAll(/^\| \[(.*?)\]\(#([a-z0-9-]+)\) \| (.*) \|$/gm)].map(
  ([, dockerfile = "", link = "", here = ""]): Row => ({ dockerfile, link, here }),
);

/** Rows without YAML that could be rendered. */
const isUnsaid = ({ here }: Row) => /^(?:No|Not needed): ./.test(here);

const words = (text: string) => text.replace(/\s+/g, " ");

test("a row of the table quotes YAML of its section, or says why there is none", () => {
  assert.ok(rows.length > 70);
  const wrong: string[] = [];
  const anchors = new Set(headingsOf(page).map(anchorOf));
  for (const row of rows) {
    const section = blocks.filter(({ heading }) => anchorOf(heading) === row.link);
    if (!anchors.has(row.link)) wrong.push(`${row.dockerfile}: there is no section #${row.link}`);
    if (isUnsaid(row) || row.here === "as for `COPY`: not needed, and no") continue;
    const yaml = words(section.map(({ language, text }) => (language === "yml" ? text : "")).join("\n"));
    const said = [...row.here.matchAll(/`([^`]+)`/g)].map(([, span = ""]) => span);
    const quoted = said.filter((span) => !/^(?:COPY|catalog\/bases\.yaml)$/.test(span));
    if (quoted.length === 0) wrong.push(`${row.dockerfile}: no YAML`);
    for (const span of quoted)
      if (!yaml.includes(words(span))) wrong.push(`${row.dockerfile}: \`${span}\` is not in #${row.link}`);
  }
  assert.equal(wrong, []);
});

test("this test reads every row of the table", () => {
  const table = page.slice(page.indexOf("\n## The table\n"), page.indexOf("\n## FROM\n"));
  assert.is(rows.length, table.split("\n").filter((line) => line.startsWith("| ")).length - 1);
});

test("no instruction or flag is missing, and none is invented", () => {
  const said = rows.flatMap(({ dockerfile }) => [...dockerfile.matchAll(/`([^`]+)`/g)].map(([, span = ""]) => span));
  const instructions = INSTRUCTIONS.split(" ");
  const first = new Set(said.flatMap((span) => /^[A-Z]+\b/.exec(span) ?? []));
  assert.equal([...first].sort(), instructions);
  assert.equal(
    FLAGS.filter((flag) => !said.some((span) => span.startsWith(flag))),
    [],
  );
});

test("every instruction that a recipe can have is shown", () => {
  // The golden files have every instruction at least once.
  const golden = new URL("../../../test/golden/", import.meta.url);
  const files = readdirSync(golden).filter((name) => name.endsWith(".Containerfile"));
  const text = files.map((name) => readFileSync(new URL(name, golden), "utf8")).join("");
  // ARG is used only for line feeds.
  const rendered = [...new Set([...text.matchAll(/^([A-Z]+)\b/gm)].map(([, name = ""]) => name))];
  assert.ok(rendered.includes("HEALTHCHECK"));
  const shownNames = new Set(
    blocks.flatMap(({ language, text }) =>
      language === "dockerfile" ? [...text.matchAll(/^([A-Z]+)\b/gm)].map(([, name = ""]) => name) : [],
    ),
  );
  const bootstrapOnly = ["ADD"];
  assert.equal(
    rendered.filter((name) => !shownNames.has(name) && !bootstrapOnly.includes(name)),
    [],
  );
});

test.run();
