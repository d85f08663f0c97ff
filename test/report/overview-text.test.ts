import type { Overview } from "../../src/model/overview.js";
import { overviewText } from "../../src/report/overview-text.js";
import { assert, suite } from "../support/suite.js";

const test = suite("report/overview-text");

const PLAN = { build: 0, pending: 0, retag: 0, unchanged: 42 };
const GOOD: Overview = {
  directory: "/srv/catalogue",
  isCatalogue: true,
  git: { branch: "main", edits: 0, trunk: "origin/main" },
  images: 42,
  errors: 0,
  warnings: 0,
  plan: PLAN,
  registry: "oci:.slipway/registry",
  registryProblem: null,
  failed: [],
};

/** The lines above "Next:", and the commands below it. */
function parts(fields: Partial<Overview>): { said: string; next: readonly string[] } {
  const [said = "", rest = ""] = overviewText({ ...GOOD, ...fields }).split("\n\nNext:\n");
  const [commands = ""] = rest.split("\n\n");
  return { said, next: commands.split("\n").map((line) => line.trim().replace(/ {2,}.*/, "")) };
}

test("everything is built: how to change something", () => {
  assert.is(
    overviewText(GOOD),
    `Catalogue /srv/catalogue, branch main
  42 images, no problems
  oci:.slipway/registry has all of them

Next:
  git switch --create CHANGE  a branch for a change of images/ or catalog/
  slipway validate            after a change in images/ or catalog/: every problem of it

slipway --help lists all commands, slipway COMMAND --help explains one.
`,
  );
  assert.equal(parts({ git: { branch: "change", edits: 0, trunk: "origin/main" } }).next, [
    "slipway gate --base origin/main",
  ]);
  assert.equal(parts({ git: { branch: "main", edits: 2, trunk: "main" } }).next, [
    "slipway plan --base HEAD",
    "git commit --all",
  ]);
  assert.equal(parts({ git: null }).next, ["slipway validate"]);
});

test("something is to be built", () => {
  const { said, next } = parts({ plan: { build: 1, pending: 5, retag: 2, unchanged: 34 }, warnings: 1 });
  assert.is(
    said,
    `Catalogue /srv/catalogue, branch main
  42 images, 1 warning
  a build into oci:.slipway/registry: 1 to build, up to 5 may follow, 2 to retag, 34 unchanged`,
  );
  assert.equal(next, ["slipway plan", "slipway build"]);
});

test("problems come first; without any image, none can be built", () => {
  const errors = { errors: 2, plan: null, registry: null };
  assert.match(parts(errors).said, /42 images, 2 problems$/);
  assert.equal(parts(errors).next, ["slipway validate"]);
  assert.equal(parts({ images: 0, plan: null, registry: null }).next, ["slipway import FILE"]);
});

test("a failure is named, with its log, and hostile text stays on its line", () => {
  const failed = [
    { image: "web", message: "exit\u001b status 1", log: "/srv/web.log" },
    { image: "api", message: "no", log: null },
  ];
  const { said, next } = parts({ plan: { ...PLAN, build: 2 }, failed, git: { branch: null, edits: 1, trunk: null } });
  assert.match(said, /^Catalogue \/srv\/catalogue, no branch, 1 file not committed\n/);
  assert.match(said, /\n {2}web failed: exit\\x1b status 1 \(\/srv\/web\.log\)\n {2}api failed: no$/);
  assert.equal(next, ["slipway why web", "slipway build"]);
});

test("a registry that does not answer", () => {
  const { said, next } = parts({ plan: null, registry: "docker://r.example", registryProblem: "no answer" });
  assert.match(said, /\n {2}the registry docker:\/\/r\.example cannot be asked: no answer$/);
  assert.equal(next, ["slipway plan --base HEAD"]);
});

test("no catalogue", () => {
  const { said, next } = parts({ isCatalogue: false });
  assert.is(said, "There is no catalogue in /srv/catalogue.");
  assert.equal(next, ["slipway init", "slipway --catalogue DIR"]);
});

test.run();
