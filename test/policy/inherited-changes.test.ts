import { inheritedChanges } from "../../src/policy/inherited-changes.js";
import { loadMemory } from "../support/memory-tree.js";
import { assert, suite } from "../support/suite.js";

const test = suite("policy/inherited-changes");

const base = (language: string) => `kind: BaseImage\nname: base\nversion: 1\nos: debian\n${language}from: scratch\n`;
const FILES = {
  "images/base/image.yaml": base("language: python3\n"),
  "images/middle/image.yaml": "name: middle\nversion: 1\nparent: base\n",
  "images/leaf/image.yaml": "name: leaf\nversion: 1\nparent: middle\n",
  "images/own/image.yaml": "name: own\nversion: 1\nparent: base\nlanguage: python3\n",
  "images/gone/image.yaml": "name: gone\nversion: 1\nparent: base\n",
};

/** What a change says, with the place. */
async function said(changes: Readonly<Record<string, string>>): Promise<string[]> {
  const [before, after] = [await loadMemory(FILES), await loadMemory({ ...FILES, ...changes })];
  return inheritedChanges({ before, after }).map(
    ({ file, line, column, severity, code, message }) => `${severity} ${file}:${line}:${column} ${code}: ${message}`,
  );
}

test("another language: the images that state none, however far below", async () => {
  assert.equal(await said({ "images/base/image.yaml": base("language: nodejs\n") }), [
    "warning images/base/image.yaml:5:11 inherited-change: the language of base changes from python3 to nodejs, and with it that of images that state none: gone, middle, leaf",
  ]);
});

test("no language any more, and another operating system", async () => {
  assert.equal(await said({ "images/base/image.yaml": base("").replace("debian", "alpine") }), [
    "warning images/base/image.yaml:2:7 inherited-change: the language of base changes from python3 to none, and with it that of images that state none: gone, middle, leaf",
    "warning images/base/image.yaml:4:5 inherited-change: the operating system of base changes from debian to alpine, and with it that of images that state none: gone, middle, own, leaf",
  ]);
});

test("an image that moves to another parent, or states it from now on, changes by itself", async () => {
  const moved = {
    "images/base/image.yaml": base("language: nodejs\n"),
    "images/other/image.yaml": base("language: python3\n").replace("base", "other"),
    "images/middle/image.yaml": FILES["images/middle/image.yaml"].replace("base", "other"),
    "images/gone/image.yaml": `${FILES["images/gone/image.yaml"]}language: nodejs\n`,
  };
  assert.equal(await said(moved), []);
});

test("nothing is said where nothing changes, or where a language is new", async () => {
  assert.equal(await said({}), []);
  const none = { ...FILES, "images/base/image.yaml": base("") };
  assert.equal(inheritedChanges({ before: await loadMemory(none), after: await loadMemory(FILES) }), []);
});

test.run();
