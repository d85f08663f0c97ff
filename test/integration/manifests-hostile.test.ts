import {
  LIST_OUTPUTS,
  MANIFEST_READER_NAMES as NAMES,
  OFFER_SCRIPTS,
  SETTINGS_READER_NAMES as SETTINGS,
} from "../../src/load/kinds/schema/language.js";
import { MAX_MANIFEST_BYTES } from "../../src/model/manifest.js";
import { LIST_READERS } from "../../src/packages/list-readers.js";
import { manifestFormat } from "../../src/packages/manifest-format.js";
import { MANIFEST_READERS } from "../../src/packages/manifests/readers.js";
import { SETTINGS_READERS } from "../../src/packages/settings-readers.js";
import { managerNamed } from "../support/managers.js";
import { assert, suite } from "../support/suite.js";

const test = suite("manifests-hostile");

/** Pieces of texts an eighth of the limit in size; a reader that backtracks on them would not finish in time. */
const PIECES = [
  "a",
  " ",
  "#",
  "\\\n",
  "-",
  "[",
  "a,",
  '"',
  "'",
  "(",
  "$\u007b",
  "<a>",
  "<",
  "&",
  "@{",
  "a=",
  "{",
  '{"a":',
  "\n ",
  "\t",
  ";",
  "/*",
  "<#",
  "<!--",
  "v1 ",
  'gem "a", ',
  "require (\n",
  "==1,",
  "a.",
  ".*",
];

for (const [name, read] of Object.entries(MANIFEST_READERS)) {
  test(`${name} reads anything of any size, and reports problems at a place in the file`, () => {
    for (const piece of PIECES) {
      const text = piece.repeat(MAX_MANIFEST_BYTES / 8 / piece.length);
      const others = { "package-lock.json": text, "Gemfile.lock": text };
      const { problems } = read(text, others);
      assert.ok(problems.every(({ line, column }) => line >= 1 && column >= 1));
      assert.ok(problems.length <= 100);
    }
  });
}

test("every reader and script that the schema names exists", () => {
  assert.equal(Object.keys(MANIFEST_READERS).sort(), [...NAMES].sort());
  assert.equal(Object.keys(LIST_READERS).sort(), [...LIST_OUTPUTS].sort());
  assert.equal(Object.keys(SETTINGS_READERS).sort(), [...SETTINGS].sort());
  for (const name of OFFER_SCRIPTS) assert.ok(managerNamed(name).offers);
});

test("the format of a package manifest follows from its name", () => {
  const found = manifestFormat(managerNamed("npm"), "package.json");
  assert.equal(found, {
    ok: true,
    format: { file: "package.json", lock: "package-lock.json", reader: "package-json" },
  });
  assert.equal(manifestFormat(managerNamed("pip"), "reqs.txt"), {
    ok: false,
    message: 'pip has no manifest of the name "reqs.txt"',
    hint: "it reads `requirements.txt`",
  });
  assert.match((manifestFormat(managerNamed("apt"), "x") as { hint: string }).hint, "it reads no manifests");
});

test.run();
