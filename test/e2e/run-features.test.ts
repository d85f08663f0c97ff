import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { prologue } from "../../src/model/containerfile.js";
import type { Digest } from "../../src/model/names.js";
import { cleanUp } from "../../src/run/clean-up.js";
import { ownStorage } from "../../src/run/kept-images.js";
import { StepFailure } from "../../src/run/runner.js";
import { openStateDirectory } from "../../src/run/state-directory.js";
import { makeCertificate } from "../support/certificate.js";
import { file, startFileServer } from "../support/file-server.js";
import { BUSYBOX, ImageBuilder, type RecipeFields } from "../support/image-builder.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const test = suite("features of a recipe");
let workspace: Workspace;
let one: ImageBuilder;
let other: ImageBuilder;

test.before(async () => {
  workspace = await Workspace.create();
  one = await ImageBuilder.create(workspace, "one", { isolation: "oci", runtime: "runc" });
  // References must not contain capitals, so no name may be made from a path.
  other = await ImageBuilder.create(workspace, "Another one", { isolation: "chroot" });
  for (const builder of [one, other]) {
    await builder.build("base", BASE);
    await builder.build("tools", TOOLS, ["base"]);
  }
});
test.after(() => workspace.remove());

const BASE: RecipeFields = {
  containerfile: 'FROM scratch\nCOPY ["artifacts/0/","/bin/"]\n',
  files: { "artifacts/0/busybox": BUSYBOX },
};
const TOOLS: RecipeFields = {
  containerfile: 'FROM localhost/base\nCOPY ["artifacts/0/","/opt/"]\n',
  files: { "artifacts/0/tool": "t" },
};
const PROGRAM = ["755 0:0 bin", "755 0:0 bin/busybox"];

/** Builds the recipe in two storages, with two kinds of isolation, and checks that both give the same image. */
async function buildTwice(name: string, fields: RecipeFields, images: readonly string[] = []): Promise<Digest> {
  const imageId = await one.build(name, fields, images);
  assert.is(await other.build(name, fields, images), imageId);
  return imageId;
}

test("an image without commands on scratch is one layer of the copied files, and nothing else", async () => {
  const files = { "artifacts/0/etc/app.conf": "x", "artifacts/0/app": "x" };
  const imageId = await buildTwice("copied", {
    containerfile: 'FROM scratch\nCOPY --chown=7:8 ["artifacts/0/","/srv/"]\nENV A="b"\n',
    files,
  });
  const expected = ["755 7:8 srv", "644 7:8 srv/app", "755 7:8 srv/etc", "644 7:8 srv/etc/app.conf"];
  assert.equal(await one.layers(imageId), [expected]);
});

test("directories that are copied onto nothing give the same image together as one by one", async () => {
  const copies = [
    'COPY ["artifacts/0/","/bin/"]',
    'COPY ["artifacts/1/","/usr/share/doc/"]',
    'COPY ["artifacts/2/","/tmp/"]',
  ];
  const files = { ...BASE.files, "artifacts/1/a/b": "x", "artifacts/1/c": "y", "artifacts/2/d": "z" };
  const permissions = { "artifacts/1/c": 0o640, "artifacts/2/d": 0o4755 };
  const build = (name: string, lines: readonly string[]) =>
    one.build(name, { containerfile: ["FROM scratch", ...lines, ""].join("\n"), files, permissions });
  const imageId = await build("together", [...copies, 'ENV A="b"']);
  assert.is(await build("apart", [copies[0] as string, 'ENV A="b"', ...copies.slice(1)]), imageId);
});

test("an image is built from several images of the catalogue", async () => {
  const containerfile = `FROM localhost/tools AS build
COPY ["artifacts/0/","/src/"]
FROM localhost/base
COPY --from=build ["/src/text","/text"]
COPY --from=localhost/tools --chown=7:8 ["/opt/tool","/opt/tool"]
`;
  const imageId = await buildTwice("many", { containerfile, files: { "artifacts/0/text": "x" } }, ["base", "tools"]);
  const copied = ["755 7:8 opt", "644 7:8 opt/tool", "644 0:0 text"];
  assert.equal(await one.layers(imageId), [PROGRAM, copied]);
});

test("values can have line breaks, without a trace of how they are passed", async () => {
  const containerfile = `FROM localhost/base
ARG SLIPWAY_NL
ENV A="x\${SLIPWAY_NL}\${SLIPWAY_NL}y \\$z"
LABEL "org.example.text"="first\${SLIPWAY_NL}second"
`;
  const { config } = await one.config(await buildTwice("lines", { containerfile }, ["base"]));
  assert.equal((config.Env as string[]).slice(1), ["A=x\n\ny $z"]);
  assert.equal(config.Labels, { "org.example.text": "first\nsecond" });
  assert.not.match(JSON.stringify(config), /SLIPWAY/);
});

test("commands leave no mount points without an operating system, with runc and with chroot", async () => {
  const containerfile = `${BASE.containerfile}RUN ["/bin/busybox","touch","/made"]\n`;
  const imageId = await buildTwice("bare", { ...BASE, containerfile, bare: true });
  assert.equal(await one.layers(imageId), [[...PROGRAM, "644 0:0 made"]]);
  const { config } = await one.config(imageId);
  assert.equal(Object.keys(config), ["Env"]);
});

test("files that the definition or a command puts at mount points stay", async () => {
  const containerfile = `${BASE.containerfile}COPY ["artifacts/1/","/etc/"]
RUN ["/bin/busybox","touch","/etc/made"]
`;
  const files = { ...BASE.files, "artifacts/1/hosts": "" };
  const permissions = { "artifacts/1/hosts": 0o755 };
  const imageId = await buildTwice("mixed", { containerfile, files, permissions, bare: true });
  assert.equal(await one.layers(imageId), [[...PROGRAM, "755 0:0 etc", "755 0:0 etc/hosts", "644 0:0 etc/made"]]);
});

test("a child without an operating system does not get mount points either; each image is one layer", async () => {
  const containerfile = 'FROM localhost/bare\nRUN ["/bin/busybox","touch","/more"]\n';
  const imageId = await buildTwice("child", { containerfile, bare: true }, ["bare"]);
  assert.equal(await one.layers(imageId), [[...PROGRAM, "644 0:0 made"], ["644 0:0 more"]]);
});

test("a step that looks for the machine's settings leaves no trace of them", async () => {
  const script = `${prologue()} echo $SETTING > /setting`;
  const containerfile = `FROM localhost/base AS build
RUN ${JSON.stringify(["/bin/busybox", "sh", "-c", script])}
FROM localhost/base
COPY --from=build ["/setting","/setting"]
RUN ["/bin/busybox","touch","/made"]
`;
  const imageId = await buildTwice("settings", { containerfile, bare: true }, ["base"]);
  assert.equal(await one.layers(imageId), [PROGRAM, ["644 0:0 made", "644 0:0 setting"]]);
});

const CHECKED: RecipeFields = {
  containerfile: 'FROM localhost/base\nENV A="b"\n',
  config: {
    healthcheck: {
      type: "command",
      command: { form: "exec", argv: ["/bin/busybox", "true"] },
      interval: 90e9,
      timeout: 5e9,
      startPeriod: 1e9,
      retries: 2,
    },
    shell: ["/bin/busybox", "sh", "-ec"],
  },
};
const HEALTHCHECK = {
  Test: ["CMD", "/bin/busybox", "true"],
  Interval: 90e9,
  Timeout: 5e9,
  StartPeriod: 1e9,
  Retries: 2,
};

test("a healthcheck and a shell are in the configuration, and the image has no name in local storage", async () => {
  const imageId = await buildTwice("checked", CHECKED, ["base"]);
  const { config } = await one.config(imageId);
  assert.equal(Object.keys(config), ["Env", "Healthcheck", "Shell"]);
  assert.equal([config.Healthcheck, config.Shell], [HEALTHCHECK, CHECKED.config?.shell]);
  assert.equal(await one.layers(imageId), [PROGRAM, []]);
  const names = await one.output("images", "--all", "--format", "{{.Name}}");
  assert.equal([...new Set(names.trim().split("\n"))], ["<none>"]);
});

test("healthcheck and shell are inherited, through build stages as well, until they are set again", async () => {
  const inherited = 'FROM localhost/checked AS first\nENV B="c"\nFROM first\nENV C="d"\n';
  const { config } = await one.config(await buildTwice("heir", { containerfile: inherited }, ["checked"]));
  assert.equal([config.Healthcheck, config.Shell], [HEALTHCHECK, CHECKED.config?.shell]);

  const shell = { healthcheck: { type: "command", command: { form: "shell", text: "test -e /x" } } } as const;
  const again = { containerfile: "FROM localhost/heir\n", config: shell };
  const changed = await one.config(await buildTwice("changed", again, ["heir"]));
  assert.equal(changed.config.Healthcheck, { Test: ["CMD-SHELL", "test -e /x"] });
  assert.equal(changed.config.Shell, CHECKED.config?.shell);

  const none = { containerfile: "FROM localhost/changed\n", config: { healthcheck: { type: "none" } } } as const;
  const without = await one.config(await buildTwice("without", none, ["changed"]));
  assert.equal(without.config.Healthcheck, { Test: ["NONE"] });
});

test("a stage that is only copied from passes on neither healthcheck nor shell", async () => {
  const containerfile = 'FROM localhost/checked AS build\nFROM scratch\nCOPY --from=build ["/bin/","/bin/"]\n';
  const { config } = await one.config(await buildTwice("apart", { containerfile }, ["checked"]));
  assert.equal(Object.keys(config), ["Env"]);
});

test("images of the same content can be built at the same time", async () => {
  const names = ["twin-a", "twin-b", "twin-c"];
  const fields = { ...CHECKED, containerfile: 'FROM localhost/base\nENV A="twin"\n' };
  const ids = await Promise.all(names.map((name) => one.build(name, fields, ["base"])));
  assert.is(new Set(ids).size, 1);
  assert.equal((await one.config(ids[0] as Digest)).config.Healthcheck, HEALTHCHECK);
});

test("a downloaded file is in the image, with the requested permissions and owner", async () => {
  const tls = await makeCertificate(workspace.directory);
  const server = await startFileServer(tls);
  try {
    server.routes.set("/tool", file("downloaded"));
    for (const builder of [one, other]) builder.authority = await readFile(tls.certificate, "utf8");
    const content = createHash("sha256").update("downloaded").digest("hex");
    const entry = { mode: "100644", from: `${server.url}/tool`, content, mirrors: [] } as const;
    const containerfile = `FROM localhost/base
COPY ["artifacts/0/","/srv/"]
COPY --chown=7:8 ["artifacts/1/","/bin/"]
`;
    const downloads = [
      { ...entry, path: "artifacts/0/x" },
      { ...entry, path: "artifacts/1/tool", permissions: "0755" },
    ];
    const imageId = await buildTwice("downloaded", { containerfile, downloads }, ["base"]);
    assert.equal((await one.layers(imageId))[1], ["755 0:0 bin", "755 7:8 bin/tool", "755 0:0 srv", "644 0:0 srv/x"]);
    assert.equal(server.asked, ["/tool", "/tool"], "once for each storage");
  } finally {
    await server.stop();
  }
});

test("images that Buildah built and nothing needs are removed with other leftovers of a run", async () => {
  const listed = async () => (await one.output("images", "--all", "--quiet", "--no-trunc")).trim().split("\n");
  const before = await listed();
  assert.ok(one.unfinished.size >= 5 && [...one.unfinished].every((id) => before.includes(id)));
  const state = await openStateDirectory(one.directory, undefined);
  const published = before.filter((id) => !one.unfinished.has(id as Digest)).map((id) => id.slice("sha256:".length));
  await ownStorage(state.storage, published);
  assert.is(await cleanUp(one.buildah, state), undefined);
  assert.equal(
    await listed(),
    before.filter((id) => !one.unfinished.has(id as Digest)),
  );
  // The remaining images are complete.
  for (const imageId of await listed()) await one.layers(imageId as Digest);
});

test("an image that cannot be fetched fails with Buildah's reason", async () => {
  const reference = `127.0.0.1:1/team/app@sha256:${"0".repeat(64)}`;
  const fields = { containerfile: `FROM ${reference}\n` };
  const error = await one.build("nowhere", fields).then(
    () => undefined,
    (failure) => failure,
  );
  assert.instance(error, StepFailure);
  assert.ok(error.message.startsWith(`cannot pull ${reference}: `), error.message);
  assert.match(error.message, /connection refused/);
});

test.run();
