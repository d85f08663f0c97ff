import fc from "fast-check";
import type { ImageName } from "../../src/model/names.js";
import { matrixStages } from "../../src/resolve/matrix.js";
import { assert, suite } from "../support/suite.js";

const test = suite("spreading a plan over jobs");

/** `child: parents`, in build order. */
function stages(family: Readonly<Record<string, readonly string[]>>, jobs: number, shared: boolean) {
  const images = Object.keys(family) as ImageName[];
  const parentsOf = (image: ImageName) => (family[image] ?? []) as ImageName[];
  return matrixStages({ images, parentsOf, jobs, shared }).map(({ include }) =>
    include.map(({ images: names }) => names),
  );
}

const TREE = { base: [], tools: ["base"], blue: ["tools"], green: ["tools"], side: ["base"] };

test("a plan with nothing to build has no jobs", () => {
  assert.equal(matrixStages({ images: [], parentsOf: () => [], jobs: 4, shared: true }), [{ include: [] }]);
});

test("what is built from one another stays together where nothing carries images between machines", () => {
  assert.equal(stages(TREE, 8, false), [["base tools blue green side"]]);
  assert.equal(stages({ a: [], b: [], a1: ["a"], b1: ["b"] }, 8, false), [["a a1", "b b1"]]);
});

test("a parent outside the plan joins nothing", () => {
  assert.equal(stages({ blue: ["tools"], green: ["tools"] }, 8, false), [["blue", "green"]]);
});

test("never more jobs than asked for, and the load is even", () => {
  const family = Object.fromEntries(["a", "b", "c", "d", "e"].map((name) => [name, []]));
  assert.equal(stages(family, 2, false), [["a c e", "b d"]]);
  assert.equal(stages({ ...family, big: [], big1: ["big"], big2: ["big1"] }, 2, false), [
    ["big big1 big2 d", "a b c e"],
  ]);
});

test("with a registry between them what several jobs need is built first", () => {
  assert.equal(stages(TREE, 8, true), [["base tools"], ["blue", "green", "side"]]);
});

test("a chain is not torn apart, and enough families need no first stage", () => {
  assert.equal(stages({ a: [], b: ["a"], c: ["b"] }, 8, true), [["a b c"]]);
  assert.equal(stages({ ...TREE, x: [], y: [] }, 3, true), [["base tools blue green side", "x", "y"]]);
});

test("jobs count through all stages", () => {
  const images = Object.keys(TREE) as ImageName[];
  const parentsOf = (image: ImageName) => TREE[image as keyof typeof TREE] as ImageName[];
  const found = matrixStages({ images, parentsOf, jobs: 8, shared: true });
  assert.equal(
    found.flatMap(({ include }) => include.map(({ job }) => job)),
    ["1", "2", "3", "4"],
  );
});

test("every image has one job, after or beside all that it is built from", () => {
  const graph = fc
    .integer({ min: 0, max: 40 })
    .chain((count) =>
      fc.tuple(
        ...Array.from({ length: count }, (_, index) => fc.array(fc.nat(Math.max(0, index - 1)), { maxLength: 2 })),
      ),
    );
  fc.assert(
    fc.property(graph, fc.integer({ min: 1, max: 9 }), fc.boolean(), (parents, jobs, shared) => {
      const name = (index: number) => `i${index}`;
      const family = Object.fromEntries(
        parents.map((list, index) => [name(index), list.filter((parent) => parent < index).map(name)]),
      );
      const found = stages(family, jobs, shared);
      /** Where each image is built: stage and job. */
      const places = new Map<string, { stage: number; job: string; at: number }>();
      for (const [stage, list] of found.entries()) {
        assert.ok(list.length <= jobs);
        for (const job of list) {
          for (const [at, image] of job.split(" ").entries()) {
            assert.not(places.has(image));
            places.set(image, { stage, job, at });
          }
        }
      }
      assert.is(places.size, parents.length);
      assert.ok(found.length === 1 || shared);
      for (const [image, list] of Object.entries(family)) {
        for (const parent of list) {
          const [mine, theirs] = [places.get(image), places.get(parent)];
          assert.ok(mine && theirs);
          if (mine.stage === theirs.stage) assert.ok(mine.job === theirs.job && theirs.at < mine.at);
          else assert.ok(theirs.stage < mine.stage);
        }
      }
    }),
  );
});

test.run();
