import { archiveAccess } from "../support/archive-access.js";
import { publishBase } from "../support/base-images.js";
import { TestCatalogue } from "../support/catalogue.js";
import { listCommand, manifestImage } from "../support/install-script.js";
import { layoutTags } from "../support/layout.js";
import { type StaticServer, startStaticServer } from "../support/static-server.js";
import { assert, suite } from "../support/suite.js";
import { storedZip } from "../support/wheel.js";
import { buildahIn, Workspace } from "../support/workspace.js";

const test = suite("go");
let workspace: Workspace;
let catalogue: TestCatalogue;
let proxy: StaticServer;

/** The files of a module proxy (Go Modules Reference, "GOPROXY protocol") for one version of a module. */
function moduleFiles(path: string, version: string, requirement = ""): [string, Buffer | string][] {
  const mod = `module ${path}\n\ngo 1.19\n${requirement}`;
  const source = `package ${path.split("/").at(-1)}\n\nconst Version = "${version}"\n`;
  const zip = storedZip({ [`${path}@${version}/go.mod`]: mod, [`${path}@${version}/main.go`]: source });
  const at = `/${path}/@v/${version}`;
  return [
    [`${at}.info`, JSON.stringify({ Version: version, Time: "2023-01-01T00:00:00Z" })],
    [`${at}.mod`, mod],
    [`${at}.zip`, zip],
  ];
}

const GREETING = "example.org/greeting";
const VERSIONS = ["v1.0.0", "v1.1.0", "v2.0.0-rc.1"];
const PROGRAM = `package main\n\nimport (\n\t"fmt"\n\t"${GREETING}"\n)\n\nfunc main() { fmt.Println(greeting.Version) }\n`;

test.before(async () => {
  workspace = await Workspace.create();
  const words = VERSIONS.flatMap((version) => moduleFiles(GREETING, version, "require example.org/words v0.1.0\n"));
  proxy = await startStaticServer(
    new Map([
      ...words,
      ...moduleFiles("example.org/words", "v0.1.0"),
      [`/${GREETING}/@v/list`, VERSIONS.join("\n")],
      ["/example.org/words/@v/list", "v0.1.0\n"],
    ]),
  );
  catalogue = await TestCatalogue.empty(workspace, "catalogue", {
    "catalog/system/debian.yaml": "kind: SystemPackages\nos: debian\npackages: [{ name: golang-go }]\n",
    "catalog/runtime/go.yaml": `kind: RuntimePackages
language: go
packages:
  - { name: ${GREETING}, versions: ["v1.*"] }
`,
    "images/golang/image.yaml": `kind: BaseImage
name: golang
version: "1"
os: debian
language: go
bootstrap: { manager: apt, suite: bookworm, packages: [golang-go] }
`,
    "images/modules/image.yaml": `name: modules
version: "1"
parent: golang
runtime-packages: [${GREETING}]
artifacts:
  - { path: main.go, dest: /src }
tests:
  - name: a program finds the modules without a network
    command: [sh, -c, "cd /src && export GOPROXY=file:///usr/local/lib/go/mod/cache/download GOSUMDB=off && go mod init x && go build -o /tmp/x . && /tmp/x"]
    stdout: { contains: v1.1.0 }
`,
    "images/modules/main.go": PROGRAM,
    "images/listed/image.yaml": `${manifestImage("listed", "golang", ["go.mod", "main.go"])}tests:
  - name: a program with the manifest is built without a network
    command: [sh, -c, "cd /usr/local/lib/manifests/listed && GOPROXY=off GOSUMDB=off go build -o /tmp/x . && /tmp/x"]
    stdout: { equals: v1.0.0 }
`,
    "images/listed/go.mod": `module example.org/listed\n\ngo 1.19\n\nrequire ${GREETING} v1.0.0\n`,
    "images/listed/main.go": PROGRAM,
  });
});
test.after(async () => {
  await proxy.stop();
  await workspace.remove();
});

test("modules for later builds, in the newest approved version, with their dependencies; go.mod likewise; twice the same image", async () => {
  const [first, second] = [workspace.path("registry-a"), workspace.path("registry-b")];
  const env = (state: string) => ({
    ...workspace.env,
    ...archiveAccess(),
    SLIPWAY_STATE: workspace.path(`state-${state}`),
    GOPROXY: proxy.url,
    GONOSUMDB: "example.org",
  });
  for (const registry of [first, second]) await publishBase(catalogue, "golang", { registry, env: env("a") });
  await catalogue.expect(0, ["build", "--registry", `oci:${first}`], { env: env("a") });
  await catalogue.expect(0, ["build", "--registry", `oci:${second}`], { env: env("b") });
  const imageIds = (registry: string) =>
    ["modules", "listed"].map((name) => layoutTags(registry).get(`${name}:latest`)?.imageId.slice(7) ?? "");
  assert.equal(imageIds(second), imageIds(first));
  const [modules = "", listed = ""] = imageIds(first);
  for (const [image, version] of [
    [modules, "v1.1.0"],
    [listed, "v1.0.0"],
  ] as const) {
    const found = await listedIn(workspace.path("state-a/storage"), image);
    const names = found.filter((line) => !line.startsWith("example.org/listed"));
    assert.equal(names.sort(), [`${GREETING}\t${version}`, "example.org/words\tv0.1.0"]);
  }
});

/** The packages that the language's own command lists in an image. */
async function listedIn(storage: string, image: string): Promise<string[]> {
  const container = (await buildahIn(storage, "from", "--pull-never", image)).trim();
  const found = await buildahIn(storage, "run", "--isolation", "chroot", container, "--", ...listCommand("go"));
  await buildahIn(storage, "rm", container);
  return found.trim().split("\n");
}

test.run();
