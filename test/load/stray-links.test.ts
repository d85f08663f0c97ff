import { placesOf } from "../support/memory-tree.js";
import { assert, suite } from "../support/suite.js";

const test = suite("load/stray-links");

const FILES = {
  "images/a/image.yaml": "kind: BaseImage\nname: a\nversion: 1\nfrom: scratch\n",
  "catalog/modules/m/module.yaml": "name: m\nversion: 1\n",
};

test("a link to a folder where definitions, lists and policies are looked for is a problem", async () => {
  for (const path of [
    "images/more",
    "images/team/more",
    "catalog/modules/n",
    "catalog/system/more",
    "policies/tests",
    "policies",
  ])
    assert.equal(await placesOf({ ...FILES, [path]: { link: "../elsewhere" } }), [`${path}:1:1 not-a-file`], path);
  assert.equal(await placesOf({ ...FILES, "images/b": { link: "a" } }), ["images/b:1:1 not-a-file"]);
});

test("a link among the content of a definition or a module is content, and one to a file is none of ours", async () => {
  const links = {
    "images/a/files/current": { link: "v2" },
    "catalog/modules/m/lib": { link: "../../../images/a" },
    "images/README": { link: "a/image.yaml" },
  };
  assert.equal(await placesOf({ ...FILES, ...links }), []);
});

test.run();
