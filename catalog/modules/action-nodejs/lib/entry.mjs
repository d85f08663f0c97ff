/** Where the code that is text leaves what `main` names. */
export const ENTRY = Symbol.for("action-nodejs.entry");

const NAME = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;

/**
 * @param {string} text `main`, `a.b.c`
 * @returns {string[]} its names; throws where it is no such thing
 */
export function namesOf(text) {
  const names = text.split(".");
  // __proto__ would name what the code has not made.
  if (names.every((name) => NAME.test(name) && name !== "__proto__")) return names;
  throw new Error("Name of main function is not valid.");
}

/**
 * What is added to code that is text, because only code of the same scope sees a function that is declared and not exported.
 *
 * @param {string} main
 * @returns {string} JavaScript
 */
export function entryEpilogue(main) {
  if (!canBeNamed(main)) return "";
  const [first = "", ...more] = main.split(".");
  const path = [first, ...more].join("?.");
  return `\n;globalThis[Symbol.for(${JSON.stringify(ENTRY.description)})] = typeof ${first} === "undefined" ? undefined : ${path};\n`;
}

/** @param {string} main */
function canBeNamed(main) {
  try {
    namesOf(main);
    // Words of the language are names only of members.
    new Function(`typeof ${main.split(".", 1)[0]}`);
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {unknown} from
 * @param {readonly string[]} names
 * @returns {unknown} undefined where there is nothing
 */
export const memberOf = (from, names) => names.reduce((value, name) => /** @type {any} */ (value)?.[name], from);
