import { posix } from "node:path";

/** Sources by path, such as `src/load/tree.ts`. */
type Sources = ReadonlyMap<string, string>;

const EXPORT = /^export (?:declare )?(?:async )?(?:abstract )?(?:function\*?|const|class) (\w+)/gm;
const NAMES = /^(?:import|export) (?:type )?(?:\w+, )?\{([^}]*)\} from "(\.[^"]+)"/gm;
/** What takes whatever the other file has. */
const WHOLE = /(?:\bimport\(\s*|^(?:import|export) \* (?:as \w+ )?from )"(\.[^"]+)"/gm;

/**
 * Functions, constants and classes of src that no other file imports. Types are left out: those of parameters are exported for
 * their readers. The form that the formatter gives to imports is all that has to be told apart.
 */
export function unusedExports(sources: Sources): string[] {
  const imported = new Set<string>();
  for (const [path, text] of sources) {
    for (const [, names = "", to = ""] of text.matchAll(NAMES))
      for (const name of names.split(","))
        imported.add(`${target(path, to)} ${/\w+/.exec(name.replace("type ", ""))?.[0]}`);
    for (const [, to = ""] of text.matchAll(WHOLE)) imported.add(`${target(path, to)} *`);
  }
  return [...sources].flatMap(([path, text]) => {
    if (!path.startsWith("src/") || path.endsWith(".d.ts") || imported.has(`${path} *`)) return [];
    const names = [...text.matchAll(EXPORT)].map(([, name]) => name);
    return names
      .filter((name) => !imported.has(`${path} ${name}`))
      .map((name) => `${path}: nobody imports ${name}, so it need not be exported`);
  });
}

const target = (from: string, to: string) => posix.join(posix.dirname(from), to).replace(/\.js$/, ".ts");
