import type { DiagnosticCode } from "../../model/diagnostic-codes.js";

/*
 * Words of Dockerfiles, Compose and other builders, and what they are called here. Places are JSON pointers with `*` for the
 * index of a list entry. Keys are in lower case with `-`, as foreignKey compares them; a key in capitals means only itself.
 */

export interface ForeignKey {
  readonly hint: string;
  /** Keys that it stands for: that they are missing is not a second mistake. */
  readonly instead?: readonly string[];
  readonly code?: DiagnosticCode;
  readonly message?: string;
}

const inRun = (key: string, form = "…"): ForeignKey => ({
  hint: `it belongs in \`run\`: \`run: { ${key}: ${form} }\``,
});
const named = (key: string, form = "…"): ForeignKey => ({
  hint: `it is \`${key}\` here: \`${key}: ${form}\``,
  instead: [key],
});
const inMetadata = (key: string): ForeignKey => ({ hint: `it belongs in \`metadata\`: \`metadata: { ${key}: … }\`` });

const ARTIFACTS = named("artifacts", "[{ path: app, dest: /opt/app }]");
const SYSTEM = named("system-packages", "[curl]");
const RUNTIME = named("runtime-packages", "[requests]");
const SETUP = named("setup", "[first command, second command]");
const ENV = named("env", "{ NAME: value }");
const PORTS = named("ports", "[8080]");
const PARENT: ForeignKey = {
  hint: "it is `parent` for an image of the catalogue; `from` for one of catalog/bases.yaml, in a `kind: BaseImage`",
  instead: ["parent", "from", "bootstrap"],
};
const MATRIX: ForeignKey = {
  hint: 'there are no build arguments: images that differ in a value are a `matrix`, `matrix: { version: ["1", "2"] }`',
};
const SERVE: ForeignKey = { ...named("serve", "{ port: 8080 }"), instead: ["serve", "command"] };
const IMPORT: ForeignKey = {
  hint: "this belongs to another builder's format: `slipway import` makes a definition of it",
  instead: ["parent", "from", "bootstrap", "name", "version"],
};
const ONBUILD: ForeignKey = {
  code: "onbuild-refused",
  message: "`onbuild` is refused: it would run in images whose definitions do not show it",
  hint: "put what those images have in common into a module, and name it in the `modules` of each",
};

const BODY: Readonly<Record<string, ForeignKey>> = {
  cmd: inRun("cmd", "[program, argument]"),
  command: inRun("cmd", "[program, argument]"),
  entrypoint: inRun("entrypoint", "[program]"),
  user: inRun("user", "app"),
  workdir: inRun("workdir", "/srv"),
  "working-dir": inRun("workdir", "/srv"),
  workingdir: inRun("workdir", "/srv"),
  stopsignal: inRun("stopsignal", "SIGTERM"),
  "stop-signal": inRun("stopsignal", "SIGTERM"),
  shell: inRun("shell", "[/bin/bash, -c]"),
  healthcheck: inRun("healthcheck", "{ command: [curl, -f, localhost] }"),
  expose: PORTS,
  port: PORTS,
  environment: ENV,
  envs: ENV,
  "env-vars": ENV,
  variables: ENV,
  copy: ARTIFACTS,
  add: ARTIFACTS,
  files: ARTIFACTS,
  file: ARTIFACTS,
  resources: ARTIFACTS,
  packages: {
    hint: "they are `system-packages` (of the operating system) or `runtime-packages` (of the language)",
    instead: ["system-packages", "runtime-packages"],
  },
  install: SYSTEM,
  apt: SYSTEM,
  apk: SYSTEM,
  dnf: SYSTEM,
  yum: SYSTEM,
  pip: RUNTIME,
  npm: RUNTIME,
  dependencies: RUNTIME,
  requirements: named("runtime-manifest", "requirements.txt"),
  RUN: SETUP,
  commands: SETUP,
  steps: SETUP,
  script: SETUP,
  scripts: SETUP,
  execute: SETUP,
  onbuild: ONBUILD,
  arg: MATRIX,
  args: MATRIX,
  "build-args": MATRIX,
  "build-arg": MATRIX,
};

const IMAGE: Readonly<Record<string, ForeignKey>> = {
  ...BODY,
  base: PARENT,
  image: PARENT,
  extends: PARENT,
  "base-image": PARENT,
  baseimage: PARENT,
  tag: named("tags", "[latest]"),
  platform: named("platforms", "[linux/amd64]"),
  maintainer: inMetadata("author"),
  maintainers: inMetadata("author"),
  author: inMetadata("author"),
  authors: inMetadata("author"),
  role: inMetadata("role"),
  owner: inMetadata("role"),
  extendable: inMetadata("extendable"),
  deprecated: inMetadata("deprecated"),
  dockerfile: IMPORT,
  dockerurl: IMPORT,
  baseimagename: IMPORT,
  build: IMPORT,
};

/** Places within the mapping of an image, a stage or a module. */
const PARTS: readonly (readonly [place: string, words: Readonly<Record<string, ForeignKey>>])[] = [
  [
    "/run",
    {
      command: named("cmd", "[program, argument]"),
      args: named("cmd", "[argument]"),
      "working-dir": named("workdir", "/srv"),
      "stop-signal": named("stopsignal", "SIGTERM"),
      env: { hint: "it belongs beside `run`: `env: { NAME: value }`" },
      environment: { hint: "it belongs beside `run`: `env: { NAME: value }`" },
      ports: { hint: "they belong beside `run`: `ports: [8080]`" },
      expose: { hint: "they belong beside `run`: `ports: [8080]`" },
      volumes: { hint: "they belong beside `run`: `volumes: [/data]`" },
      commands: { hint: "what runs to build the image belongs beside `run`: `setup: [command]`" },
      setup: { hint: "it belongs beside `run`: `setup: [command]`" },
    },
  ],
  [
    "/artifacts/*",
    {
      src: named("path", "app"),
      source: named("path", "app"),
      from: {
        hint: "it is `image` here, with the `path` in it: `{ image: build, path: /src/app, target: /usr/bin/app }`",
      },
      to: named("dest", "/opt/app"),
      dst: named("dest", "/opt/app"),
      destination: named("dest", "/opt/app"),
      chown: named("owner", "app:app"),
      chmod: named("mode", '"0755"'),
      permissions: named("mode", '"0755"'),
      checksum: named("sha256", "64 hexadecimal digits"),
      digest: named("sha256", "64 hexadecimal digits"),
    },
  ],
  [
    "/tests/*",
    {
      cmd: named("command", "[program, argument]"),
      run: named("command", "[program, argument]"),
      exec: named("command", "[program, argument]"),
      output: named("stdout", "{ contains: text }"),
      expect: named("stdout", "{ contains: text }"),
      "exit-code": named("exit", "0"),
      exitcode: named("exit", "0"),
      code: named("exit", "0"),
      path: named("file", "/etc/passwd"),
      port: SERVE,
      http: SERVE,
      request: named("requests", "[{ path: /, answer: { status: 200 } }]"),
    },
  ],
  [
    "/tests/*/requests/*",
    {
      url: named("path", "/index.html"),
      uri: named("path", "/index.html"),
      data: named("body"),
      status: named("answer", "{ status: 200 }"),
      response: named("answer", "{ status: 200 }"),
      expect: named("answer", "{ status: 200 }"),
    },
  ],
  ["/bootstrap", { release: named("suite", "bookworm"), include: named("packages", "[ca-certificates]") }],
];

type ForeignPlaces = ReadonlyMap<string, Readonly<Record<string, ForeignKey>>>;

/** By the title of the schema. */
const PLACES: ReadonlyMap<string, ForeignPlaces> = new Map([
  ["Image", new Map([["", IMAGE], ["/stages/*", IMAGE], ...PARTS, ...within("/stages/*")])],
  ["Module", new Map([["", BODY], ...PARTS])],
]);

function within(place: string): [string, Readonly<Record<string, ForeignKey>>][] {
  return PARTS.map(([part, words]) => [place + part, words]);
}

/** What an unknown key is called here; undefined: it is not a known word of another builder. */
export function foreignKey(title: string | undefined, pointer: string, key: string): ForeignKey | undefined {
  const words = PLACES.get(title ?? "")?.get(pointer.replace(/\/[0-9]+(?=\/|$)/g, "/*"));
  if (words === undefined) return undefined;
  const small = key
    .replace(/[a-z](?=[A-Z])/g, "$&-")
    .toLowerCase()
    .replaceAll("_", "-");
  for (const word of [key, small, small.replaceAll("-", "")]) if (Object.hasOwn(words, word)) return words[word];
  return undefined;
}

/** The places and words of one kind of file, for the tests. */
export const foreignWords = (title: string): ForeignPlaces => PLACES.get(title) ?? new Map();
