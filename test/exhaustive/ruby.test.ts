import { mkdir, writeFile } from "node:fs/promises";
import { archiveAccess } from "../support/archive-access.js";
import { copyToDirectory, publishBase } from "../support/base-images.js";
import { TestCatalogue } from "../support/catalogue.js";
import { manifestImage } from "../support/install-script.js";
import { layoutTags } from "../support/layout.js";
import { type StaticServer, startStaticServer } from "../support/static-server.js";
import { assert, suite } from "../support/suite.js";
import { buildahIn, Workspace } from "../support/workspace.js";

const test = suite("ruby");
let workspace: Workspace;
let catalogue: TestCatalogue;
let server: StaticServer;

const VERSIONS = ["1.0.0", "1.0.1", "2.0.0"];
const SHOW = (text: string) => `[ruby, -e, 'require "greeting"; puts ${text}']`;

test.before(async () => {
  workspace = await Workspace.create();
  await mkdir(workspace.path("gems/gems"), { recursive: true });
  server = await startStaticServer(workspace.path("gems"));
  // The machine decides where gems come from.
  await writeFile(workspace.path("home/.gemrc"), `---\n:sources:\n- ${server.url}/\n:verbose: false\n`);
  catalogue = await TestCatalogue.empty(workspace, "catalogue", {
    "catalog/system/debian.yaml": "kind: SystemPackages\nos: debian\npackages: [{ name: ruby }, { name: bundler }]\n",
    "catalog/runtime/ruby.yaml":
      'kind: RuntimePackages\nlanguage: ruby\npackages:\n  - { name: greeting, versions: ["1.0.*"] }\n',
    "images/ruby/image.yaml": `kind: BaseImage
name: ruby
version: "1"
os: debian
language: ruby
bootstrap: { manager: apt, suite: bookworm, packages: [ruby, bundler] }
`,
    "images/gems/image.yaml": `name: gems
version: "1"
parent: ruby
runtime-packages: [greeting]
tests:
  - command: ${SHOW("Greeting::VERSION")}
    stdout: { equals: 1.0.1 }
  - name: nothing but the gem stays
    command: [sh, -c, 'cd "$(gem env home)" && find . -name "*.gem" -o -name mkmf.log; ls -A /root']
    stdout: { matches: "^(?:\\\\.(?:bashrc|profile)\\\\s*)*$" }
`,
    "images/bundle/image.yaml": `${manifestImage("bundle", "ruby", ["Gemfile"])}tests:
  - command: ${SHOW("Greeting::VERSION")}
    stdout: { equals: 1.0.0 }
  - { file: /root/.bundle, exists: false }
`,
    "images/bundle/Gemfile": `source "https://gems.example"\ngem "greeting", "1.0.0"\n`,
  });
});
test.after(async () => {
  await server.stop();
  await workspace.remove();
});

/** Makes the gems and their index with Ruby's own tools, in the image. */
async function makeGems(registry: string): Promise<void> {
  const specs = VERSIONS.map(
    (version) => `Gem::Specification.new { |gem| gem.name = "greeting"; gem.version = "${version}"; gem.summary = "s"
gem.authors = ["a"]; gem.files = ["lib/greeting.rb"]; gem.homepage = "https://example.org"; gem.license = "MIT" }`,
  );
  for (const [at, version] of VERSIONS.entries()) {
    const directory = workspace.path("gems/source", version);
    await mkdir(`${directory}/lib`, { recursive: true });
    await writeFile(`${directory}/lib/greeting.rb`, `module Greeting; VERSION = "${version}"; end\n`);
    await writeFile(`${directory}/greeting.gemspec`, specs[at] ?? "");
  }
  const builds = VERSIONS.map(
    (version) => `(cd source/${version} && gem build greeting.gemspec -o ../../gems/greeting-${version}.gem)`,
  );
  const script = ["cd /gems", ...builds, "gem generate_index --directory ."].join(" && ");
  const storage = workspace.path("state-a/storage");
  const image = await copyToDirectory(registry, "ruby", workspace.path("ruby"));
  const container = (await buildahIn(storage, "from", image)).trim();
  const mounted = ["--isolation", "chroot", "--volume", `${workspace.path("gems")}:/gems`];
  await buildahIn(storage, "run", ...mounted, container, "--", "sh", "-ec", script);
  await buildahIn(storage, "rm", container);
}

test("a gem in its newest approved version, an unchanged Gemfile; another storage gives the same images", async () => {
  const [first, second] = [workspace.path("registry-a"), workspace.path("registry-b")];
  const env = (state: string) => ({
    ...workspace.env,
    ...archiveAccess(),
    SLIPWAY_STATE: workspace.path(`state-${state}`),
  });
  for (const registry of [first, second]) await publishBase(catalogue, "ruby", { registry, env: env("a") });
  await makeGems(first);
  await catalogue.expect(0, ["build", "--registry", `oci:${first}`], { env: env("a") });
  await catalogue.expect(0, ["build", "--registry", `oci:${second}`], { env: env("b") });
  for (const name of ["gems:latest", "bundle:latest"]) {
    const imageId = layoutTags(first).get(name)?.imageId;
    assert.type(imageId, "string");
    assert.is(layoutTags(second).get(name)?.imageId, imageId, name);
  }
});

test.run();
