import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { simpleGit } from "simple-git";
import { planBetweenCommits } from "../../src/app/plan/between-commits.js";
import { readSnapshot } from "../../src/app/plan/snapshot-file.js";
import type { Context } from "../../src/context.js";
import type { LockedPackage } from "../../src/model/lock.js";
import { PLAIN } from "../../src/report/palette.js";
import { locked } from "../support/lock.js";
import { freshLock } from "../support/lock-catalogue.js";
import { memoryTree } from "../support/memory-tree.js";
import { removeTree } from "../support/remove-tree.js";
import { assert, suite } from "../support/suite.js";

const test = suite("plan of a changed lockfile");
const COUNT = 1000;

/** A base, runtimes that derive from it, frameworks on those, and many services. */
const parentOf = (at: number) => (at < 10 ? 0 : at < 100 ? at % 10 : at % 100);
const nameOf = (at: number) => `image-${String(at).padStart(4, "0")}`;
const isRare = (at: number) => at >= 10 && at % 23 === 4;

/** The closure of an image. As in reality, no two images of a chain have the same package. */
function closure(at: number, rare: string): LockedPackage[] {
  const common = Array.from({ length: 7 }, (_, index) => locked(`lib${at % 40}x${index}`, "1.0", { why: ["asked"] }));
  return [...common, locked("asked", "1.0"), ...(isRare(at) ? [locked("rare", rare, { why: ["asked"] })] : [])];
}

const FILES = new Map([
  ["catalog/system/debian.yaml", "kind: SystemPackages\nos: debian\npackages: [{ name: asked }]\n"],
  ...Array.from({ length: COUNT }, (_, at): [string, string] => {
    const start = at === 0 ? "kind: BaseImage\nfrom: scratch\nos: debian" : `parent: ${nameOf(parentOf(at))}`;
    const text = `name: ${nameOf(at)}\nversion: 1.0\n${start}\nsystem-packages: [asked]\n`;
    return [`images/${nameOf(at)}/image.yaml`, text];
  }),
]);

const lockWith = (rare: string) =>
  freshLock(memoryTree(Object.fromEntries(FILES)), (name) => closure(Number(name.slice(-4)), rare));

test("one package changes among a thousand images: exactly the images that have it, and those derived from them", async () => {
  const directory = await mkdtemp(join(tmpdir(), "slipway-plan-lock-"));
  try {
    const git = simpleGit(directory);
    await git.init();
    await git.addConfig("user.name", "t");
    await git.addConfig("user.email", "t@example.org");
    for (const [path, text] of [
      ...FILES,
      ["slipway.lock", await lockWith("1.0")],
      [".gitignore", ".state\n"],
    ] as const) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), text);
    }
    const commit = async () => {
      await git.add("--all");
      await git.commit("x");
      return (await git.revparse(["HEAD"])).trim();
    };
    const before = await commit();
    await writeFile(join(directory, "slipway.lock"), await lockWith("1.1"));
    const after = await commit();

    const env = { SLIPWAY_STATE: join(directory, ".state") };
    const said: string[] = [];
    const note = (text: string) => said.push(text);
    const context = {
      catalogue: directory,
      colors: { out: PLAIN, note: PLAIN },
      env,
      note,
      today: () => "2026-06-01",
    } as unknown as Context;
    assert.equal((await planBetweenCommits(context, before, before)).plan.steps, []);
    const { plan } = await planBetweenCommits(context, before, after);
    assert.equal(said, []);
    assert.is((await readSnapshot(env.SLIPWAY_STATE))?.head.commit, before, "only what the change reaches was read");

    const all = Array.from({ length: COUNT }, (_, at) => at);
    const has = (at: number): boolean => isRare(at);
    const derives = (at: number): boolean => at > 0 && (has(parentOf(at)) || derives(parentOf(at)));
    const names = (keep: (at: number) => boolean) => all.filter(keep).map(nameOf);
    const planned = (action: string) => plan.steps.filter((step) => step.action === action);
    assert.equal(
      planned("build")
        .map(({ image }) => image)
        .sort(),
      names(has),
    );
    assert.equal(
      planned("pending")
        .map(({ image }) => image)
        .sort(),
      names((at) => derives(at) && !has(at)),
    );
    assert.is(plan.steps.length + plan.unchanged, COUNT);
    assert.ok(planned("build").length > 30 && planned("pending").length > 20);
    for (const { reasons } of planned("build"))
      assert.is(reasons.find(({ code }) => code === "PACKAGE")?.detail, "rare 1.0 → 1.1");
    for (const { reasons } of planned("pending")) assert.match(reasons[0]?.detail ?? "", "PACKAGE rare 1.0 → 1.1");
  } finally {
    await removeTree(directory);
  }
});

test.run();
