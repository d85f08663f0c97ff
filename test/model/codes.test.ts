import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CHECK_CODES } from "../../src/model/codes.js";
import { assert, suite } from "../support/suite.js";

const test = suite("model/codes");
const SRC = fileURLToPath(new URL("../../../src/", import.meta.url));

/** Codes as the stages after loading write them: `code: "x"`, `problem("x"`, `wrong("x"`. */
function written(): string[] {
  const folders = ["resolve", "policy", "render"];
  const inside = folders.flatMap((folder) => readdirSync(`${SRC}${folder}`).map((file) => `${SRC}${folder}/${file}`));
  // What builds find is composed.
  const files = [...inside, `${SRC}app/build/built-audit.ts`];
  const texts = files.filter((file) => file.endsWith(".ts")).map((file) => readFileSync(file, "utf8"));
  const text = texts.join("\n");
  const direct = text.matchAll(/(?:\bcode: |\b(?:problem|wrong)\(\s*)"([a-z-]+)"/g);
  // The place comes first, which may be an expression with text of its own.
  const placed = text.matchAll(/errorAt\([\s\S]{0,120}?"([a-z]+(?:-[a-z]+)+|cycle|template|vulnerability)"/g);
  const codes = [...direct, ...placed];
  return [...new Set(codes.map(([, code = ""]) => code))];
}

/** Codes that are put together of parts. */
const COMPOSED = ["bad-package-name", "bad-package-version", "language-mismatch"];

test("every code is explained, and every explained code is in use", () => {
  assert.equal([...written(), ...COMPOSED].sort(), Object.keys(CHECK_CODES).sort());
});

test.run();
