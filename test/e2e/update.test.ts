import { stat } from "node:fs/promises";
import { TestCatalogue } from "../support/catalogue.js";
import { type DockerRegistry, startDockerRegistry } from "../support/docker-registry.js";
import { pushImage } from "../support/push-image.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const test = suite("update");
let workspace: Workspace;
let registry: DockerRegistry;
let catalogue: TestCatalogue;
let digests: string[];

interface Result {
  readonly groups: readonly {
    readonly group: string;
    readonly action: string;
    readonly pull: number | null;
    readonly detail: string;
    readonly updates: readonly Record<"file" | "name" | "from" | "to" | "where", string>[];
  }[];
}

const bases = () => `# pinned by \`slipway update\`\r
kind: Bases
bases:
  - { ref: ${registry.host}/team/os:1, digest: "${digests[0]}", os: debian } # the root
  - ref: ${registry.host}/team/other
    digest: ${digests[1]}   # latest
`;

test.before(async () => {
  workspace = await Workspace.create();
  registry = await startDockerRegistry();
  digests = [
    await pushImage(registry.host, "team/os", "1", "first"),
    await pushImage(registry.host, "team/other", "latest", "other"),
  ];
  catalogue = await TestCatalogue.empty(workspace, "catalogue", {
    "slipway.yaml": 'kind: Settings\nupdates: { groups: { roots: ["*/team/os:*"] } }\n',
    "catalog/bases.yaml": bases(),
    "images/os/image.yaml": `kind: BaseImage\nname: os\nversion: "1"\nos: debian\nfrom: ${registry.host}/team/os:1\n`,
  });
});
test.after(async () => {
  await registry.stop();
  await workspace.remove();
});

const update = (...args: readonly string[]) => ["update", "--tls-verify=false", ...args];

test("nothing is newer", async () => {
  const { stdout } = await catalogue.expect(0, update());
  assert.is(stdout, "0 updates · 2 groups up to date.\n");
  assert.is(await catalogue.read("catalog/bases.yaml"), bases());
});

test("a tag that has moved: first reported, then edited, without other changes to the file", async () => {
  const moved = await pushImage(registry.host, "team/os", "1", "second");
  const result = await catalogue.json<Result>(update("--dry-run"));
  assert.equal(result.groups, [
    { group: "bases", pull: null, detail: "", action: "none", updates: [] },
    {
      group: "roots",
      pull: null,
      detail: "",
      action: "found",
      updates: [
        {
          file: "catalog/bases.yaml",
          line: 4,
          name: `${registry.host}/team/os:1`,
          from: digests[0],
          to: moved,
          where: registry.host,
        },
      ],
    },
  ]);
  assert.is(await catalogue.read("catalog/bases.yaml"), bases(), "a dry run edits nothing");
  const before = await stat(catalogue.path("catalog/bases.yaml"));
  const { stdout } = await catalogue.expect(0, update());
  assert.match(
    stdout,
    /^roots: edited\n {2}catalog\/bases\.yaml:4 {2}127\.0\.0\.1:\d+\/team\/os:1 {2}sha256:[0-9a-f]{12}… → sha256:/,
  );
  assert.is(await catalogue.read("catalog/bases.yaml"), bases().replace(digests[0] ?? "", moved));
  assert.is((await stat(catalogue.path("catalog/bases.yaml"))).mode, before.mode);
  digests[0] = moved;
});

test("only the named groups are updated", async () => {
  await pushImage(registry.host, "team/other", "latest", "newer");
  const result = await catalogue.json<Result>(update("--group", "roots"));
  assert.equal(
    result.groups.map(({ group, action }) => `${group} ${action}`),
    ["roots none"],
  );
  const { stderr } = await catalogue.expect(2, update("--group", "rots"));
  assert.match(stderr, /no group of updates is named "rots"\nhint: there are bases, roots/);
});

test("a source that does not answer: its group is named and not done, the others are done", async () => {
  await catalogue.write(
    "catalog/bases.yaml",
    `${bases()}  - { ref: "${registry.host}/team/os:gone", digest: "sha256:${"0".repeat(64)}" }\n`,
  );
  const result = await catalogue.json<Result>(update(), 4);
  assert.equal(
    result.groups.map(({ group, action }) => `${group} ${action}`),
    ["bases edited", "roots failed"],
  );
  assert.match(result.groups[1]?.detail ?? "", /team\/os:gone: Registry 127\.0\.0\.1:\d+ has no team\/os:gone/);
  await catalogue.write("catalog/bases.yaml", bases());
});

test("a value that cannot be edited in place is an error at its place", async () => {
  const anchored = bases().replace(`digest: ${digests[1]}`, `digest: &other ${digests[1]}`);
  await catalogue.write("catalog/bases.yaml", anchored);
  const { stdout } = await catalogue.expect(3, update());
  assert.match(stdout, /^bases: refused \(catalog\/bases\.yaml:6: the value has an anchor/);
  assert.is(await catalogue.read("catalog/bases.yaml"), anchored);
  await catalogue.write("catalog/bases.yaml", bases());
});

test("packages cannot be looked up before an image is built", async () => {
  await catalogue.write("catalog/system/debian.yaml", "os: debian\npackages: [{ name: jq, versions: [1.5] }]\n");
  const { stdout } = await catalogue.expect(4, update("--group", "debian"));
  assert.match(stdout, /^debian: not done \(debian: build os first, so that its package manager can be asked\)/);
  await catalogue.delete("catalog/system/debian.yaml");
});

test("options that exclude each other, and a forge that was not named", async () => {
  const { stderr } = await catalogue.expect(2, update("--publish", "--dry-run"));
  assert.match(stderr, /exclude each other/);
  assert.match((await catalogue.expect(2, update("--publish"))).stderr, /GITHUB_TOKEN/);
});

test.run();
