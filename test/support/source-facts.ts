import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { isCallExpression, isNewExpression, isStringLiteral, type Node, SyntaxKind } from "typescript/unstable/ast";
import { createVirtualFileSystem } from "typescript/unstable/fs";
import { API } from "typescript/unstable/sync";

/** The facts about one source file that the import fence needs. */
export interface SourceFacts {
  /** Below src, for instance `load/yaml.ts`. */
  readonly path: string;
  /** `to` is a path like `path` for a file in src, `../x` for one outside, otherwise the package as written. */
  readonly imports: readonly ImportFacts[];
  /** Mentions of global values that a pure function cannot have: see GLOBALS. */
  readonly globals: readonly Located<"name">[];
  /** Those that have a name. What has none, such as the body of a test, belongs to the function around it or to nobody. */
  readonly functions: readonly FunctionFacts[];
}

export interface ImportFacts extends Located<"to"> {
  /** Whether the other file is loaded with this one: neither for its types only, nor when a function runs. */
  readonly isLoaded: boolean;
}

export interface FunctionFacts extends Located<"name"> {
  /** From the first to the last, both included. */
  readonly lines: number;
  readonly parameters: number;
  /** Whether it declares tests. */
  readonly isSuite: boolean;
}

type Located<K extends string> = Readonly<Record<K, string>> & { readonly line: number };

/** Found together with their properties, so that rules can tell `process.exit` from `process.env`. */
const GLOBALS = new Set(["process", "Date", "Math", "performance", "crypto", "fetch"]);
const ROOT = "/src";

/** Every TypeScript file below a directory, by its relative path. */
export function readSources(dir: string): Map<string, string> {
  const names = readdirSync(dir, { recursive: true, encoding: "utf8" });
  const sources = names.filter((name) => /\.(?:ts|mjs)$/.test(name)).sort();
  return new Map(sources.map((name) => [name, readFileSync(join(dir, name), "utf8")]));
}

/**
 * Parses sources with the compiler's own parser, because regular expressions would fail on strings, comments and templates.
 * The compiler gets only these files, without libraries and without resolving imports, which would take most of the time.
 */
export function sourceFacts(sources: ReadonlyMap<string, string>): SourceFacts[] {
  const options = { allowJs: true, noLib: true, noResolve: true, types: [], module: "nodenext" };
  const files: Record<string, string> = {
    "/tsconfig.json": JSON.stringify({ compilerOptions: options, include: ["src"] }),
  };
  for (const [path, text] of sources) files[`${ROOT}/${path}`] = text;
  const api = new API({ cwd: "/", fs: createVirtualFileSystem(files) });
  try {
    const program = api.updateSnapshot({ openProject: "/tsconfig.json" }).getProjects()[0]?.program;
    return [...sources.keys()].map((path) => {
      const file = program?.getSourceFile(`${ROOT}/${path}`);
      if (file === undefined) throw new Error(`the compiler does not know ${path}`);
      const line = (node: Node) => file.getLineAndCharacterOfPosition(node.end).line + 1;
      const globals = [...globalsIn(file)].map(([name, node]) => ({ name, line: line(node) }));
      const imports = [...file.imports, ...requiredIn(file)].flatMap((node) =>
        "text" in node && typeof node.text === "string"
          ? [{ to: target(path, node.text), line: line(node), isLoaded: isLoaded(node.parent) }]
          : [],
      );
      const functions = [...functionsIn(file)].map(({ name, node, parameters }): FunctionFacts => {
        const first = file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
        return { name, line: first, lines: line(node) - first + 1, parameters, isSuite: declaresTests(node) };
      });
      return { path, imports, globals, functions };
    });
  } finally {
    api.close();
  }
}

/** Of an import's declaration. `import { type A }` loads the other file all the same. */
function isLoaded(declaration: Node): boolean {
  const { kind, importClause, isTypeOnly } = declaration as Node & {
    importClause?: { phaseModifier?: SyntaxKind };
    isTypeOnly?: boolean;
  };
  if (kind === SyntaxKind.ImportDeclaration) return importClause?.phaseModifier !== SyntaxKind.TypeKeyword;
  return kind === SyntaxKind.ExportDeclaration && !isTypeOnly;
}

function target(from: string, specifier: string): string {
  if (!specifier.startsWith(".")) return specifier;
  return posix.join(posix.dirname(from), specifier).replace(/\.js$/, ".ts");
}

/** `require("…")`, which the compiler does not count as an import in an ES module. */
function* requiredIn(node: Node): Generator<Node> {
  for (const call of descendants(node)) {
    if (!isCallExpression(call) || nameOf(call.expression) !== "require") continue;
    const argument = call.arguments[0];
    if (argument !== undefined && isStringLiteral(argument)) yield argument;
  }
}

function* globalsIn(root: Node): Generator<[string, Node]> {
  for (const node of descendants(root)) {
    const name = nameOf(node);
    if (name === undefined || !GLOBALS.has(name.split(".")[0] ?? "")) continue;
    // The longest chain only: `process.env`, and not `process` once more.
    if (isPropertyOrName(node)) continue;
    yield [asUsed(node, name), node];
  }
}

/** `Date` alone is harmless: `new Date` and `Date()` read the clock, `instanceof Date` does not. */
function asUsed(node: Node, name: string): string {
  if (isNewExpression(node.parent) && node.parent.expression === node) return `new ${name}`;
  return isCallExpression(node.parent) && node.parent.expression === node ? `${name}()` : name;
}

/** `a` and `a.b` for identifiers and property accesses, without globalThis; `a["b"]` is read as `a.b`. */
function nameOf(node: Node): string | undefined {
  if (node.kind === SyntaxKind.Identifier) return "text" in node ? String(node.text) : undefined;
  if (node.kind !== SyntaxKind.PropertyAccessExpression && node.kind !== SyntaxKind.ElementAccessExpression) return;
  const access = node as Node & { expression: Node; name?: Node; argumentExpression?: Node };
  const object = nameOf(access.expression);
  const key = access.name ?? access.argumentExpression;
  const property = key !== undefined && "text" in key ? String(key.text) : "*";
  return object === undefined ? undefined : object === "globalThis" ? property : `${object}.${property}`;
}

/** True for a part of a longer chain, a declared or imported name, and a key, none of which reads a global. */
function isPropertyOrName(node: Node): boolean {
  const parent = node.parent as Node & { expression?: Node; initializer?: Node };
  switch (parent.kind) {
    case SyntaxKind.PropertyAccessExpression:
    case SyntaxKind.ElementAccessExpression:
      return parent.expression === node
        ? nameOf(parent) !== undefined
        : parent.kind === SyntaxKind.PropertyAccessExpression;
    case SyntaxKind.VariableDeclaration:
    case SyntaxKind.Parameter:
    case SyntaxKind.PropertyAssignment:
    case SyntaxKind.BindingElement:
      return parent.initializer !== node;
    case SyntaxKind.ImportSpecifier:
    case SyntaxKind.PropertySignature:
    case SyntaxKind.PropertyDeclaration:
    case SyntaxKind.MethodDeclaration:
    case SyntaxKind.MethodSignature:
    case SyntaxKind.FunctionDeclaration:
    case SyntaxKind.TypeReference:
      return true;
    default:
      return false;
  }
}

interface NamedFunction {
  readonly name: string;
  readonly node: Node;
  readonly parameters: number;
}

/** Functions, methods and constructors, and arrow functions that a variable, a property or a key holds. */
function* functionsIn(root: Node): Generator<NamedFunction> {
  for (const node of descendants(root)) {
    const { body, parameters } = node as Node & { body?: Node; parameters?: { readonly length: number } };
    if (body === undefined || parameters === undefined) continue;
    const { name } = (HOLDERS.has(node.parent.kind) ? node.parent : node) as Node & { name?: Node };
    const isConstructor = node.kind === SyntaxKind.Constructor;
    if (name !== undefined || isConstructor)
      yield { name: (name && nameOf(name)) ?? "constructor", node, parameters: parameters.length };
  }
}

function declaresTests(root: Node): boolean {
  for (const node of descendants(root)) if (isCallExpression(node) && nameOf(node.expression) === "test") return true;
  return false;
}

const HOLDERS: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.VariableDeclaration,
  SyntaxKind.PropertyDeclaration,
  SyntaxKind.PropertyAssignment,
]);

function* descendants(node: Node): Generator<Node> {
  const children: Node[] = [];
  node.forEachChild((child) => {
    children.push(child);
  });
  for (const child of children) {
    yield child;
    yield* descendants(child);
  }
}
