import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadDesired } from "../../src/app/catalogue/desired.js";
import { openWorkingTree } from "../../src/load/git/working-tree.js";
import { manifestDirectory } from "../../src/render/build-context.js";
import { installData } from "../../src/render/install.js";
import { builtInTemplates } from "../../src/render/templates.js";
import { parseContainerfile } from "../support/containerfile.js";
import { type CatalogueFields, digest, type ImageFields, image, module } from "../support/definitions.js";
import { desired } from "../support/desired.js";
import { assert, suite } from "../support/suite.js";

/*
 * Every file in this folder is the Containerfile of one definition. `npm run golden` rewrites them: read the difference, because
 * every changed line rebuilds images.
 */
const test = suite("golden/containerfiles");
const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const FOLDER = `${ROOT}test/golden/`;
const UPDATE = process.env.UPDATE_GOLDEN === "1";
const written = new Set<string>();

function matches(name: string, containerfile: string): void {
  const file = `${name}.Containerfile`;
  written.add(file);
  parseContainerfile(containerfile);
  if (UPDATE) writeFileSync(FOLDER + file, containerfile);
  if (!existsSync(FOLDER + file)) throw new Error(`there is no test/golden/${file}: npm run golden`);
  assert.fixture(containerfile, readFileSync(FOLDER + file, "utf8"), `test/golden/${file}`);
}

const FIELDS: CatalogueFields = {
  system: {
    debian: { curl: ["7.88.*"], git: ["1:2.39.*", "1:2.40.*"], "g++": [], tzdata: [], adduser: [] },
    fedora: { httpd: ["2:2.4.59"], bash: ["5.2.26-3.*"], jq: ["1.7*"], tar: ["*-9"], zip: ["1.0^git1-1"] },
    photon: { tdnf: [], filesystem: [], openssl: ["3.0.13-2.ph5"], bash: ["5.2-2.*"], jq: ["1.6"] },
    alpine: { openssh: ["9.7_p1-r3"], jq: ["1.7.*"], curl: ["8.7.1"], musl: ["1.2*"] },
  },
  runtime: {
    python3: { Flask: ["2.*"], requests: [] },
    nodejs: { "@types/node": ["20.*"], express: ["4.18.2"] },
    ruby: { rack: ["3.0.*"], puma: [], rake: [] },
    go: { "example.org/text": ["v0.3.*"], "example.org/sync": [], "example.org/sys": [] },
    java: { "org.example:parser": ["1.*"], "org.example:core": [], "org.example:log": [] },
    powershell: { "Example.Tools": ["1.2.*"], Pester: [], PSScript: [] },
  },
  modules: [
    module("web/user", "1", {
      env: { MODE: "module", ONLY: "module" },
      labels: { layer: "user" },
      setup: ["useradd web"],
      user: "web",
    }),
    module("web/server", "2", {
      modules: ["web/user"],
      system: ["curl"],
      artifacts: [{ path: "server.conf", target: "/etc/server/" }],
      env: { MODE: "server" },
      labels: { layer: "server" },
      ports: ["8080/tcp"],
      volumes: ["/srv"],
      setup: [["server", "--check"]],
      entrypoint: ["server"],
    }),
  ],
  bases: [{ ref: "registry.example:5000/library/photon:5.0", digest: digest("5"), os: "photon" }],
};

/** The parent of the small definitions below; it sets an unprivileged user. */
const PARENT = image("parent", { user: "app:app" });

const BASH = image("bash", { parent: "parent", shell: ["/bin/bash", "-c"] });

const DOWNLOAD = {
  type: "url",
  url: "https://example.org/a/tool-1.0.tar.gz?x=1",
  sha256: "1".repeat(64),
  mirrors: [],
  target: "/opt/",
} as const;

const SECOND = 1_000_000_000;

const SMALL: Readonly<Record<string, ImageFields>> = {
  bootstrap: { bootstrap: { suite: "trixie", variant: "apt", packages: ["tzdata", "adduser"] } },
  "bootstrap-plain": {},
  "bootstrap-dnf": {
    os: "photon",
    bootstrap: {
      manager: "dnf",
      repositories: [
        { name: "photon", url: "https://packages.example/$releasever/photon_$basearch/" },
        { name: "signed", url: "http://mirror.example:8080/", gpgkey: "https://packages.example/KEY" },
      ],
      releasever: "5.0",
      packages: ["tdnf", "filesystem"],
    },
  },
  scratch: { from: "scratch" },
  "external-base": { from: "registry.example:5000/library/photon:5.0" },
  nothing: { parent: "parent" },
  env: {
    parent: "parent",
    env: {
      ZERO: "0",
      EMPTY: "",
      DOLLAR: "$HOME ${HOME} $(id)",
      QUOTES: `"double" 'single' \`back\``,
      BACKSLASH: "C:\\dir\\",
      SPACES: "  a  b  ",
      HASH: "# no comment",
      UNICODE: "é 😀 日本",
      EQUALS: "a=b c=d",
    },
  },
  labels: { parent: "parent", labels: { "org.example.title": 'a "title" of $1', "a/b": "", b: "0", "c_d-e": "\\n" } },
  "ports-and-volumes": {
    parent: "parent",
    ports: ["8443/tcp", "53/udp", "8080/tcp"],
    volumes: ["/var/lib/b", "/a dir"],
  },
  "setup-and-user": {
    parent: "parent",
    setup: [
      "echo one && echo 'two' \"$THREE\"",
      ["/bin/echo", "a b", '"$C"'],
      "set -x\nif true; then\n  echo <<EOF\nEOF\nfi",
    ],
  },
  "setup-and-own-user": { parent: "parent", setup: ["true"], user: "10001:10001" },
  "setup-as-root": { setup: ["true"] },
  workdir: { parent: "parent", workdir: "/srv/my data" },
  "entrypoint-words": { parent: "parent", entrypoint: ["/bin/tini", "--"], cmd: ["node", "a b.js", "$PORT"] },
  "entrypoint-shell": { parent: "parent", entrypoint: 'exec "$@"', cmd: "echo 'it''s' && sleep 1\nexit" },
  stopsignal: { parent: "parent", stopsignal: "SIGRTMIN+3" },
  artifacts: {
    parent: "parent",
    artifacts: [
      { path: "a.txt", target: "/etc/a b/renamed.txt", owner: "app:app", mode: "0600" },
      { path: "b.txt", target: "/srv/" },
      { path: "c.txt", target: "/" },
    ],
  },
  "packages-python": { language: "python3", system: ["git", "curl", "g++"], runtime: ["requests", "Flask"] },
  "packages-dnf": { from: "scratch", os: "fedora", system: ["httpd", "bash", "jq 1.7~rc1-2.fc40", "tar", "zip"] },
  "packages-tdnf": {
    from: "scratch",
    os: "photon",
    system: ["openssl", "bash", "jq"],
    systemPackagesKey: "photon-packages",
  },
  "packages-apk": { from: "scratch", os: "alpine", system: ["openssh", "jq", "curl", "musl"] },
  // Packages with a pattern, with a version, and with neither.
  "packages-ruby": { language: "ruby", runtime: ["rack", "puma 6.4.0", "rake"] },
  "packages-go": { language: "go", runtime: ["example.org/text", "example.org/sync v0.5.0", "example.org/sys"] },
  "packages-java": {
    language: "java",
    runtime: ["org.example:parser", "org.example:core 31.1-jre", "org.example:log"],
  },
  "packages-powershell": { language: "powershell", runtime: ["Example.Tools", "Pester 5.5.0", "PSScript"] },
  "packages-node": { parent: "parent", language: "nodejs", runtime: ["express", "@types/node 20.1.0"] },
  stages: {
    from: "scratch",
    stages: [
      { name: "build", parent: "parent", setup: ["make"], workdir: "/src", cmd: ["sh"] },
      { name: "check", parent: "build", setup: [["make", "check"]] },
      { name: "photon", from: "registry.example:5000/library/photon:5.0", env: { STAGE: "photon" } },
      { name: "files", from: "scratch", artifacts: [{ path: "a.txt", target: "/" }] },
    ],
    artifacts: [
      { type: "image", image: "build", path: "/src/out", target: "/app" },
      { type: "image", image: "files", path: "/a.txt", target: "/etc/" },
    ],
    entrypoint: ["/app"],
  },
  "stage-packages-and-user": {
    parent: "parent",
    stages: [
      {
        name: "build",
        parent: "parent",
        system: ["git 1:2.39.2"],
        language: "python3",
        runtime: ["Flask"],
        user: "builder",
      },
      { name: "next", parent: "build", setup: ["true"] },
    ],
    artifacts: [{ type: "image", image: "next", path: "/out/", target: "/srv/" }],
    user: "other",
  },
  "stage-artifacts": {
    parent: "parent",
    stages: [{ name: "build", parent: "parent", artifacts: [{ path: "a.txt", target: "/a/" }, DOWNLOAD] }],
    artifacts: [{ path: "b.txt", target: "/b/" }],
  },
  "artifacts-of-images": {
    parent: "parent",
    artifacts: [
      { type: "image", image: "parent", path: "/etc/app", target: "/etc/", owner: "app:app" },
      { type: "image", image: "parent", path: "/opt/a dir", target: "/opt/b" },
    ],
  },
  "artifacts-of-addresses": {
    parent: "parent",
    artifacts: [DOWNLOAD, { ...DOWNLOAD, target: "/bin/tool", mode: "0755" }],
  },
  modules: {
    parent: "parent",
    modules: ["web/server"],
    system: ["git"],
    artifacts: [{ path: "own.txt", target: "/etc/server/" }],
    env: { OWN: "image", MODE: "image" },
    labels: { layer: "image" },
    ports: ["8443/tcp", "8080/tcp"],
    setup: ["echo last"],
    cmd: ["--own"],
  },
  "module-in-stage": {
    parent: "parent",
    stages: [{ name: "build", parent: "parent", modules: ["web/user"], env: { OWN: "stage" } }],
  },
  "line-breaks": {
    parent: "parent",
    env: { TEXT: "one\ntwo\n", PLAIN: "${SLIPWAY_NL}" },
    labels: { text: "\n", "org.example.description": 'a $b\n"c" \\n' },
    stages: [{ name: "build", parent: "parent", env: { A: "a\nb" } }],
  },
  healthcheck: {
    parent: "parent",
    healthcheck: {
      type: "command",
      command: { form: "exec", argv: ["curl", "-f", "http://localhost/?a b"] },
      interval: 90 * SECOND,
      timeout: SECOND / 2,
      startPeriod: 20 * SECOND,
      retries: 5,
    },
  },
  "healthcheck-shell": {
    parent: "parent",
    healthcheck: { type: "command", command: { form: "shell", text: "curl -f localhost || exit 1" } },
  },
  "healthcheck-zeros": {
    parent: "parent",
    healthcheck: {
      type: "command",
      command: { form: "exec", argv: ["true"] },
      interval: 0,
      timeout: 0,
      startPeriod: 0,
    },
  },
  "healthcheck-own-shell": {
    parent: "parent",
    shell: ["/bin/bash", "-c"],
    healthcheck: { type: "command", command: { form: "shell", text: "curl -f localhost | grep ok" } },
  },
  "healthcheck-none": { parent: "parent", healthcheck: { type: "none" } },
  shell: {
    parent: "parent",
    shell: ["/bin/bash", "-o", "pipefail", "-c"],
    setup: ["cat a | sort\nsort b", ["true"]],
    entrypoint: "exec app",
    cmd: ["--x"],
  },
  "shell-inherited": { parent: "bash", setup: ["a | b"], cmd: "app" },
  "shell-of-stage": {
    parent: "parent",
    stages: [{ name: "build", parent: "parent", shell: ["/bin/bash", "-c"], setup: ["make | tee log"] }],
    setup: ["true"],
  },
  "shell-without-os": { from: "scratch", shell: ["/busybox", "sh", "-c"], setup: ["echo a > /b"], cmd: "serve" },
  "no-os": {
    from: "scratch",
    artifacts: [{ path: "tool", target: "/", mode: "0755" }],
    setup: [["/tool", "init"]],
    user: "65532:65532",
    workdir: "/data",
    entrypoint: ["/tool"],
  },
};

for (const [name, fields] of Object.entries(SMALL)) {
  test(name, () => {
    const { images } = desired([PARENT, BASH, image(name, fields)], FIELDS);
    const recipe = images.get(image(name).name)?.recipe;
    matches(`small-${name}`, recipe?.containerfile.text ?? "");
  });
}

for (const [name, language] of [
  ["python", "pip"],
  ["node", "npm"],
  ["ruby", "gem"],
  ["go", "go"],
  ["java", "maven"],
  ["powershell", "psresource"],
] as const) {
  test(`a package manifest of ${name}`, () => {
    const data = installData([], { directory: manifestDirectory("app") });
    const install = builtInTemplates().get(language)?.(data) ?? "";
    matches(`small-manifest-${name}`, `FROM scratch\n${install}`);
  });
}

test("every image of the reference catalogue", async () => {
  const { desired: reference, diagnostics } = await loadDesired(await openWorkingTree(ROOT), builtInTemplates(), {
    today: "2026-01-01",
  });
  assert.equal(diagnostics, []);
  assert.ok(reference.images.size >= 13);
  for (const [name, { recipe }] of reference.images) matches(name, recipe.containerfile.text);
});

test("no golden file is left over", () => {
  const stale = readdirSync(FOLDER).filter((file) => file.endsWith(".Containerfile") && !written.has(file));
  if (UPDATE) for (const file of stale) rmSync(FOLDER + file);
  else assert.equal(stale, []);
});

test.run();
