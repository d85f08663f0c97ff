import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CHECK_CODES } from "../../src/model/codes.js";
import { assert, suite } from "../support/suite.js";

const test = suite("model/codes");
const SRC = fileURLToPath(new URL("../../../src/", import.meta.url));

/** Codes as the stages after loading write them: `code: "x"`, `problem("x"`, `wrong("x"`. */
function written(): string[] {
  const folders = ["resolve", "policy", "render"];
  const files = folders.flatMap((folder) => readdirSync(`${SRC}${folder}`).map((file) => `${SRC}${folder}/${file}`));
  const texts = files.filter((file) => file.endsWith(".ts")).map((file) => readFileSync(file, "utf8"));
  const codes = [...texts.join("\n").matchAll(/(?:\bcode: |\b(?:problem|wrong)\(\s*|errorAt\([^"]*,\s+)"([a-z-]+)"/g)];
  return [...new Set(codes.map(([, code = ""]) => code))];
}

/** Codes that are put together of parts. */
const COMPOSED = ["bad-package-name", "bad-package-version", "language-mismatch"];

test("every code is explained, and every explained code is in use", () => {
  assert.equal([...written(), ...COMPOSED].sort(), Object.keys(CHECK_CODES).sort());
});

test.run();
