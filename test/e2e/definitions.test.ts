import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { BuildResult } from "../../src/model/plan.js";
import { TestCatalogue } from "../support/catalogue.js";
import { type DockerRegistry, startDockerRegistry } from "../support/docker-registry.js";
import { layoutTags } from "../support/layout.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const execute = promisify(execFile);

interface Results {
  readonly results: BuildResult[];
}

const test = suite("everything a definition can say, built");
let workspace: Workspace;
let catalogue: TestCatalogue;
let registry: DockerRegistry;
let first: readonly BuildResult[];
let second: readonly BuildResult[];

const FILES: Readonly<Record<string, string>> = {
  "slipway.yaml": `kind: Settings
registry: oci:.slipway/registry
defaults:
  labels: { org.example.team: platform }
  tags: [latest, stable]
`,
  "catalog/modules/tools/module.yaml": `kind: Module
name: tools
version: "2"
setup: [[/bin/sh, -c, "echo tools > /tools"]]
env: { FROM_MODULE: tools, TOOLS: "2" }
`,
  "catalog/modules/app/module.yaml": `kind: Module
name: users/app
version: "1"
modules: [tools]
artifacts: [{ path: conf, dest: /etc/app, mode: "0640", owner: "app:app" }]
env: { FROM_MODULE: users }
setup: [[/bin/sh, -c, "cat /tools > /srv/order"]]
`,
  "catalog/modules/app/conf/app.conf": "colour = none\n",
  "images/base/image.yaml": `kind: BaseImage
name: base
version: "1.0"
from: scratch
os: debian
artifacts:
  - { path: busybox, dest: /bin, mode: "0755" }
  - { path: rootfs, dest: / }
setup:
  - [/bin/busybox, --install, -s, /bin]
env:
  MULTI: "a\\nb \\"q\\" $HOME \\\\ 'x'"
  EMPTY: ""
  ZERO: 0
labels:
  note: |
    two
    lines
run:
  healthcheck: { command: [/bin/true], interval: 1m30s, retries: 5 }
tags: [latest]
`,
  "images/base/rootfs/etc/passwd": "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/:/bin/sh\n",
  "images/base/rootfs/etc/group": "root:x:0:\napp:x:1000:\n",
  "images/base/rootfs/srv/.keep": "",
  "images/base/rootfs/tmp/.keep": "",
  "images/data/image.yaml": `kind: BaseImage
name: data
version: "1.0"
from: scratch
artifacts: [{ path: files, dest: /data }]
`,
  "images/data/files/readme": "read me\n",
  "images/data/files/deep/x": "x\n",
  "images/app/image.yaml": `name: app
version: "2.0"
parent: base
stages:
  - name: build
    parent: base
    setup:
      - mkdir /out && echo built > /out/f && chmod 750 /out/f && ln -s f /out/l
  - name: pack
    from: scratch
    artifacts: [{ image: build, path: /out, dest: /packed }]
modules: [users/app]
artifacts:
  - { image: pack, path: /packed, dest: /opt/out, owner: "app:1000" }
  - { image: data, path: /data/readme, target: /opt/readme }
  - { image: data, path: /data, dest: /opt/data }
env: { OWN: "1" }
ports: [8080, 53/udp]
volumes: [/srv/data]
run:
  user: app
  workdir: /srv/work
  shell: [/bin/sh, -eu, -c]
  entrypoint: [/bin/sh, -c]
  cmd: echo "$FROM_MODULE"
  stopsignal: SIGINT
tests:
  - command: [id, -un]
    stdout: { equals: app }
  - command: [sh, -c, "cat /opt/out/l /opt/readme /srv/order"]
    stdout: { equals: "built\\nread me\\ntools" }
tags: []
`,
  "policies/images.yaml": `kind: ImagePolicy
setup:
  allow:
    - { images: [app], paths: [/opt/out/f], kinds: [executable], reason: compiled in a stage }
`,
  "images/variants/image.yaml": `name: variant-\${{ matrix.size }}-\${{ matrix.mode }}
version: "1.0"
matrix:
  size: [small, big]
  mode: [a, b]
  exclude: [{ mode: b }]
  include: [{ size: huge, mode: c }]
parent: app
env: { SIZE: "\${{ matrix.size }}" }
run: { healthcheck: none }
`,
};

const NAMES = ["base", "data", "app", "variant-small-a", "variant-big-a", "variant-huge-c"];

test.before(async () => {
  workspace = await Workspace.create();
  catalogue = await TestCatalogue.empty(workspace, "catalogue", FILES);
  await catalogue.write("images/base/busybox", await readFile("/bin/busybox"));
  registry = await startDockerRegistry();
  first = (await catalogue.json<Results>(["build"])).results;
  const options = ["--registry", `docker://${registry.host}/team`, "--tls-verify=false"];
  const env = { ...workspace.env, SLIPWAY_STATE: workspace.path("state"), SLIPWAY_STORAGE: workspace.path("storage") };
  second = (await catalogue.json<Results>(["build", ...options], 0, { env })).results;
});
test.after(async () => {
  await registry.stop();
  await workspace.remove();
});

/** The reference of an image in each of the two registries. */
const PLACES: Readonly<Record<string, (name: string) => string>> = {
  "the embedded registry": (name) => `oci:${catalogue.path(".slipway/registry")}:${name}`,
  "a registry": (name) => `docker://${registry.host}/team/${name}`,
};

interface StoredConfig {
  readonly config: Readonly<Record<string, unknown>>;
  readonly rootfs: { readonly diff_ids: readonly string[] };
}

async function skopeo(...args: readonly string[]): Promise<string> {
  return (await execute("skopeo", args)).stdout;
}

async function configOf(reference: string): Promise<StoredConfig> {
  const tls = reference.startsWith("docker:") ? ["--tls-verify=false"] : [];
  return JSON.parse(await skopeo("inspect", ...tls, "--config", "--raw", reference));
}

/** The entries of each layer as `MODE UID/GID NAME`, with ` -> TARGET` for links; the lowest layer first. */
async function layersOf(reference: string, name: string): Promise<string[][]> {
  const directory = workspace.path(name);
  const tls = reference.startsWith("docker:") ? ["--src-tls-verify=false"] : [];
  await skopeo("copy", "--quiet", ...tls, "--dest-decompress", reference, `dir:${directory}`);
  const { layers } = JSON.parse(await readFile(join(directory, "manifest.json"), "utf8")) as {
    layers: { digest: string }[];
  };
  const lists = layers.map(async ({ digest }) => {
    const file = join(directory, digest.replace("sha256:", ""));
    const { stdout } = await execute("tar", ["--list", "--verbose", "--numeric-owner", "--file", file]);
    return stdout
      .trimEnd()
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => line.replace(/^(\S+) (\S+) +\d+ \S+ \S+ /, "$1 $2 "));
  });
  return Promise.all(lists);
}

test("every definition is built, and each combination of the matrix is a separate image", () => {
  for (const results of [first, second])
    assert.equal(
      results.map(({ image, outcome }) => `${image} ${outcome}`).sort(),
      NAMES.map((name) => `${name} built`).sort(),
    );
});

test("all image IDs are equal in the second storage and registry", () => {
  const ids = (results: readonly BuildResult[]) =>
    results.map(({ image, imageId, key }) => `${image} ${imageId} ${key}`);
  assert.equal(ids(second), ids(first));
});

for (const [place, reference] of Object.entries(PLACES)) {
  test(`${place}: environment, labels and health check of the base`, async () => {
    const { config, rootfs } = await configOf(reference("base:1.0"));
    assert.equal(
      new Set((config.Env as string[]).filter((entry) => !entry.startsWith("PATH="))),
      new Set(["EMPTY=", "MULTI=a\nb \"q\" $HOME \\ 'x'", "ZERO=0"]),
    );
    assert.equal(config.Labels, { note: "two\nlines\n", "org.example.team": "platform" });
    assert.equal(config.Healthcheck, { Test: ["CMD", "/bin/true"], Interval: 90e9, Retries: 5 });
    assert.is(rootfs.diff_ids.length, 1);
  });

  test(`${place}: configuration of an image with everything`, async () => {
    const { config, rootfs } = await configOf(reference("app:2.0"));
    const { Env, ...rest } = config;
    assert.equal((Env as string[]).filter((entry) => /^(?:OWN|FROM|TOOLS|ZERO)/.test(entry)).sort(), [
      "FROM_MODULE=users",
      "OWN=1",
      "TOOLS=2",
      "ZERO=0",
    ]);
    assert.equal(rest, {
      User: "app",
      ExposedPorts: { "8080/tcp": {}, "53/udp": {} },
      Entrypoint: ["/bin/sh", "-c"],
      Cmd: ["/bin/sh", "-eu", "-c", 'echo "$FROM_MODULE"'],
      Volumes: { "/srv/data": {} },
      WorkingDir: "/srv/work",
      Labels: { note: "two\nlines\n", "org.example.team": "platform" },
      StopSignal: "SIGINT",
      Shell: ["/bin/sh", "-eu", "-c"],
      Healthcheck: { Test: ["CMD", "/bin/true"], Interval: 90e9, Retries: 5 },
    });
    assert.is(rootfs.diff_ids.length, 2);
  });

  test(`${place}: files of modules, stages and images, with modes, owners and links`, async () => {
    const layers = await layersOf(reference("app:2.0"), `app-${place.replaceAll(" ", "-")}`);
    assert.is(layers.length, 2);
    const [base = [], own = []] = layers;
    assert.ok(base.includes("-rwxr-xr-x 0/0 bin/busybox"), base.join("\n"));
    assert.ok(base.some((entry) => /^lrwxrwxrwx 0\/0 bin\/sh -> \S*busybox$/.test(entry)));
    const found = own.filter((entry) => / (?:opt|etc\/app|srv|tools|out|packed|src)/.test(entry)).sort();
    assert.equal(found, [
      "-rw-r----- 1000/1000 etc/app/app.conf",
      "-rw-r--r-- 0/0 opt/data/deep/x",
      "-rw-r--r-- 0/0 opt/data/readme",
      "-rw-r--r-- 0/0 opt/readme",
      "-rw-r--r-- 0/0 srv/order",
      "-rw-r--r-- 0/0 tools",
      "-rwxr-x--- 1000/1000 opt/out/f",
      "drwxr-xr-x 0/0 opt/data/",
      "drwxr-xr-x 0/0 opt/data/deep/",
      "drwxr-xr-x 0/0 srv/",
      "drwxr-xr-x 0/0 srv/work/",
      "drwxr-xr-x 1000/1000 etc/app/",
      // Buildah gives the directories that it creates for a target to the target's owner.
      "drwxr-xr-x 1000/1000 opt/",
      "drwxr-xr-x 1000/1000 opt/out/",
      "lrwxrwxrwx 1000/1000 opt/out/l -> f",
    ]);
  });

  test(`${place}: a combination has its value, and disables the health check`, async () => {
    for (const size of ["small", "big", "huge"]) {
      const mode = size === "huge" ? "c" : "a";
      const { config, rootfs } = await configOf(reference(`variant-${size}-${mode}:1.0`));
      assert.ok((config.Env as string[]).includes(`SIZE=${size}`));
      assert.equal(config.Healthcheck, { Test: ["NONE"] });
      assert.is(rootfs.diff_ids.length, 3);
    }
  });
}

test("moving tags come from the image, or from the settings", async () => {
  const tags = layoutTags(catalogue.path(".slipway/registry"));
  const listed = async (name: string) => {
    const list = await skopeo("list-tags", "--tls-verify=false", `docker://${registry.host}/team/${name}`);
    return (JSON.parse(list) as { Tags: string[] }).Tags.filter(
      (tag) => !/^(?:[ckt]|sha256)-|-[0-9a-f]{8}$/.test(tag),
    ).sort();
  };
  const expected: Readonly<Record<string, readonly string[]>> = {
    base: ["1.0", "latest"],
    data: ["1.0", "latest", "stable"],
    app: ["2.0"],
    "variant-big-a": ["1.0", "latest", "stable"],
  };
  for (const [name, moving] of Object.entries(expected)) {
    const local = [...tags.keys()].flatMap((tag) => (tag.startsWith(`${name}:`) ? [tag.slice(name.length + 1)] : []));
    assert.equal(local.filter((tag) => !/^[kt]-|-[0-9a-f]{8}$/.test(tag)).sort(), moving, name);
    assert.equal(await listed(name), moving, name);
  }
});

const outcomes = ({ results }: Results) => Object.fromEntries(results.map(({ image, outcome }) => [image, outcome]));
const unchanged = Object.fromEntries(NAMES.map((name) => [name, "unchanged"]));

test("an image that others copy from is rebuilt with identical bytes: they stay unchanged", async () => {
  const text = await catalogue.read("images/data/image.yaml");
  await catalogue.write("images/data/image.yaml", `${text}rebuild: { nonce: "1", reason: to see }\n`);
  const { results } = await catalogue.json<Results>(["build"]);
  assert.equal(outcomes({ results }), { ...unchanged, data: "built" });
  const app = results.find(({ image }) => image === "app");
  assert.equal(
    app?.reasons.map(({ code, via }) => `${code} ${via.join(" ")}`),
    ["STAGE data"],
  );
});

test("if its bytes change, exactly the images that use it are rebuilt", async () => {
  await catalogue.write("images/data/files/deep/x", "y\n");
  const { results } = await catalogue.json<Results>(["build"]);
  const dependents = NAMES.filter((name) => name !== "base");
  assert.equal(outcomes({ results }), {
    base: "unchanged",
    ...Object.fromEntries(dependents.map((name) => [name, "built"])),
  });
  assert.match((await catalogue.expect(0, ["build"])).stdout, /^Nothing to do: 6 images unchanged/);
});

test("new moving tags move without a build", async () => {
  await catalogue.edit("images/app/image.yaml", "tags: []", "tags: [edge]");
  assert.equal(outcomes(await catalogue.json<Results>(["build"])), { ...unchanged, app: "retagged" });
  const tags = layoutTags(catalogue.path(".slipway/registry"));
  assert.is(tags.get("app:edge")?.imageId, tags.get("app:2.0")?.imageId);
});

test.run();
