import { readDocument } from "../../../src/load/kinds/document.js";
import { foreignWords } from "../../../src/load/kinds/foreign-words.js";
import { IMAGE_SCHEMA } from "../../../src/load/kinds/schema/image.js";
import type { Schema } from "../../../src/load/kinds/schema/schema.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("load/foreign-words");

const IMAGE = "name: a\nversion: 1\nparent: b\n";

/** What is said about one definition: `line:column code | hint`. */
function said(text: string): string[] {
  const { diagnostics } = readDocument("image", "images/a/image.yaml", Buffer.from(text));
  return diagnostics.map(({ line, column, code, hint }) => `${line}:${column} ${code} | ${hint}`);
}

const MISTAKES: readonly (readonly [text: string, said: string])[] = [
  // Dockerfiles.
  [`${IMAGE}cmd: [x]\n`, "4:1 unknown-key | it belongs in `run`: `run: { cmd: [program, argument] }`"],
  [`${IMAGE}CMD: [x]\n`, "4:1 unknown-key | it belongs in `run`: `run: { cmd: [program, argument] }`"],
  [`${IMAGE}entrypoint: x\n`, "4:1 unknown-key | it belongs in `run`: `run: { entrypoint: [program] }`"],
  [`${IMAGE}user: x\n`, "4:1 unknown-key | it belongs in `run`: `run: { user: app }`"],
  [`${IMAGE}workdir: /x\n`, "4:1 unknown-key | it belongs in `run`: `run: { workdir: /srv }`"],
  [
    `${IMAGE}healthcheck: {}\n`,
    "4:1 unknown-key | it belongs in `run`: `run: { healthcheck: { command: [curl, -f, localhost] } }`",
  ],
  [`${IMAGE}expose: [80]\n`, "4:1 unknown-key | it is `ports` here: `ports: [8080]`"],
  [`${IMAGE}copy: [x]\n`, "4:1 unknown-key | it is `artifacts` here: `artifacts: [{ path: app, dest: /opt/app }]`"],
  [`${IMAGE}add: [x]\n`, "4:1 unknown-key | it is `artifacts` here: `artifacts: [{ path: app, dest: /opt/app }]`"],
  [
    `${IMAGE}args: [x]\n`,
    '4:1 unknown-key | there are no build arguments: images that differ in a value are a `matrix`, `matrix: { version: ["1", "2"] }`',
  ],
  [`${IMAGE}maintainer: x\n`, "4:1 unknown-key | it belongs in `metadata`: `metadata: { author: … }`"],
  [
    `${IMAGE}onbuild: [x]\n`,
    "4:1 onbuild-refused | put what those images have in common into a module, and name it in the `modules` of each",
  ],
  [`${IMAGE}RUN: x\n`, "4:1 unknown-key | it is `setup` here: `setup: [first command, second command]`"],
  [
    `${IMAGE}run: apt-get update\n`,
    "4:6 wrong-type | commands that build the image are `setup: [command]`; `run` says how its containers run",
  ],
  [
    `${IMAGE}run:\n  - apt-get update\n`,
    "5:3 wrong-type | commands that build the image are `setup: [command]`; `run` says how its containers run",
  ],
  // Compose.
  [`${IMAGE}environment: {}\n`, "4:1 unknown-key | it is `env` here: `env: { NAME: value }`"],
  [`${IMAGE}env:\n  - A=b c\n`, '5:5 wrong-type | it is a mapping: `env: { A: "b c" }`'],
  [`${IMAGE}labels: [a.b=c]\n`, '4:10 wrong-type | it is a mapping: `labels: { a.b: "c" }`'],
  [
    `${IMAGE}ports: ["8080:80"]\n`,
    "4:9 invalid-value | write `80`: which port of the machine leads there is said where a container is started",
  ],
  [`${IMAGE}ports: 8080\n`, "4:8 wrong-type | it is a list: `ports: [8080]`"],
  [
    `${IMAGE}volumes: [data:/var/lib/x]\n`,
    "4:11 invalid-value | write `/var/lib/x`: what is mounted there is said where a container is started",
  ],
  [`${IMAGE}working_dir: /x\n`, "4:1 unknown-key | it belongs in `run`: `run: { workdir: /srv }`"],
  [
    "name: a\nversion: 1\nimage: x\n",
    "3:1 unknown-key | it is `parent` for an image of the catalogue; `from` for one of catalog/bases.yaml, in a `kind: BaseImage`",
  ],
  [
    "name: a\nversion: 1\nparent: debian:12\n",
    "3:9 invalid-value | `parent` is an image of the catalogue; an external one is `from: debian:12` in a `kind: BaseImage`, listed in catalog/bases.yaml",
  ],
  // Other builders.
  [
    "name: a\nversion: 1\nbaseImageName: x\n",
    "3:1 unknown-key | this belongs to another builder's format: `slipway import` makes a definition of it",
  ],
  [
    "dockerUrl: x\n",
    "1:1 unknown-key | this belongs to another builder's format: `slipway import` makes a definition of it",
  ],
  [
    `${IMAGE}packages: [curl]\n`,
    "4:1 unknown-key | they are `system-packages` (of the operating system) or `runtime-packages` (of the language)",
  ],
  [`${IMAGE}system-packages: curl git\n`, "4:18 wrong-type | it is a list: `system-packages: [curl, git]`"],
  [`${IMAGE}system-packages: [curl=7.88]\n`, '4:19 invalid-value | write `{ name: curl, version: "7.88" }`'],
  [`${IMAGE}runtime-packages: [requests==2.1]\n`, '4:20 invalid-value | write `{ name: requests, version: "2.1" }`'],
  [`${IMAGE}runtime-packages: ["@a/b@2.1"]\n`, '4:20 invalid-value | write `{ name: "@a/b", version: "2.1" }`'],
  [`${IMAGE}artifacts: [app /opt/app]\n`, "4:13 wrong-type | write `{ path: app, target: /opt/app }`"],
  [
    `${IMAGE}artifacts: { path: app }\n`,
    "4:12 wrong-type | it is a list: `artifacts: [{ path: app, dest: /opt/app }]`",
  ],
  [`${IMAGE}artifacts: [{ src: app, dest: /opt }]\n`, "4:15 unknown-key | it is `path` here: `path: app`"],
  [`${IMAGE}artifacts: [{ path: app, to: /opt }]\n`, "4:26 unknown-key | it is `dest` here: `dest: /opt/app`"],
  [`${IMAGE}tests: [id -u]\n`, "4:9 wrong-type | write `- command: id -u`"],
  [`${IMAGE}tests: [{ run: [id] }]\n`, "4:11 unknown-key | it is `command` here: `command: [program, argument]`"],
  [`${IMAGE}tests: [{ port: 80 }]\n`, "4:11 unknown-key | it is `serve` here: `serve: { port: 8080 }`"],
  [
    `${IMAGE}tests: [{ serve: { port: 80 }, requests: [{ status: 404 }] }]\n`,
    "4:45 unknown-key | it is `answer` here: `answer: { status: 200 }`",
  ],
  [`${IMAGE}run: { env: {} }\n`, "4:8 unknown-key | it belongs beside `run`: `env: { NAME: value }`"],
  // A mistyped word of ours is still one.
  [`${IMAGE}tetss: []\n`, "4:1 unknown-key | did you mean `tests`?"],
];

for (const [text, expected] of MISTAKES)
  test(`one mistake, one diagnostic: ${JSON.stringify(text.replace(IMAGE, ""))}`, () =>
    assert.equal(said(text), [expected]));

test("no word of the table is one of ours", () => {
  for (const [place, words] of foreignWords("Image")) {
    const properties = propertiesAt(IMAGE_SCHEMA, place);
    for (const word of Object.keys(words))
      assert.not(properties?.includes(word), `${place}/${word} is a key of the format`);
  }
});

/** Undefined: the schema knows no such place. */
function propertiesAt(schema: Schema | undefined, place: string): readonly string[] | undefined {
  const [part, ...rest] = place.split("/").slice(1);
  if (schema === undefined) return undefined;
  if (part === undefined) return keysOf(schema);
  const forms = part === "*" ? [schema.items] : formsOf(schema).map(({ properties }) => properties?.[part]);
  return propertiesAt(
    forms.find((form) => form !== undefined),
    ["", ...rest].join("/"),
  );
}

/** Which of several forms is meant follows from one of its keys, so a word may be a key of all but the last. */
function keysOf({ properties = {}, then: yes, else: no }: Schema): readonly string[] {
  const others = Object.keys(yes?.properties ?? {});
  return [...Object.keys(properties), ...(no === undefined ? [] : keysOf(no))].filter((key) => !others.includes(key));
}

const formsOf = (schema: Schema): readonly Schema[] => [
  schema,
  ...[schema.then, schema.else].flatMap((branch) => (branch === undefined ? [] : formsOf(branch))),
];

test.run();
