import { fileURLToPath } from "node:url";
import { readSources } from "./support/source-facts.js";
import { assert, suite } from "./support/suite.js";
import { unusedExports } from "./support/unused-exports.js";

const test = suite("unused exports");
const root = fileURLToPath(new URL("../../", import.meta.url));

test("finds what no other file imports, by name or as a whole", () => {
  const sources = new Map([
    [
      "src/a.ts",
      "export const used = 1;\nexport const free = 2;\nexport function own() {}\nexport class Kept {}\nown();\n",
    ],
    [
      "src/b.ts",
      'import { type Kept, used as b } from "./a.js";\nexport { free } from "./a.js";\nexport const late = b;\n',
    ],
    ["src/c.ts", 'const c = deferred(() => import("./b.js"), "late");\nexport type T = string;\n'],
  ]);
  assert.equal(unusedExports(sources), ["src/a.ts: nobody imports own, so it need not be exported"]);
});

test("src exports nothing that no other file imports", () => {
  const folders = ["src", "test", "scripts", "bench"];
  const sources = folders.flatMap((folder) =>
    [...readSources(root + folder)].map(([path, text]) => [`${folder}/${path}`, text] as const),
  );
  const found = unusedExports(new Map(sources));
  assert.ok(found.length === 0, found.join("\n"));
});

test.run();
