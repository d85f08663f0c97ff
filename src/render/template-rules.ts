/** A refused part of a template; lines and columns count from 1. */
export interface TemplateProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** The fields of InstallData as they are written in a template. */
const FIELDS = ["prologue", "specs", "manifest", "manifest.directory"];
const LOOP_FIELDS = ["this", "@index", "@first", "@last"];
const HELPERS = ["if", "unless", "each"];

/**
 * Checks that a catalogue's template consists of what templates may have: text, fields, `if`, `unless` and `each`. Partials and loops
 * within loops are refused, because they could grow without bounds; an unknown field is reported with its line.
 */
export function templateProblems(program: hbs.AST.Program): TemplateProblem[] {
  const problems: TemplateProblem[] = [];
  walk(program, false, problems);
  return problems;
}

function walk(program: hbs.AST.Program | undefined, inLoop: boolean, found: TemplateProblem[]): void {
  for (const statement of program?.body ?? []) {
    if (statement.type === "ContentStatement" || statement.type === "CommentStatement") continue;
    if (statement.type === "MustacheStatement") {
      const { path, params, hash } = statement as hbs.AST.MustacheStatement;
      if (params.length > 0 || hash !== undefined) report(statement, "a field takes no arguments", found);
      else checkField(path, inLoop, found);
    } else if (statement.type === "BlockStatement") {
      checkBlock(statement as hbs.AST.BlockStatement, inLoop, found);
    } else report(statement, "partials and decorators are not allowed", found);
  }
}

function checkBlock(block: hbs.AST.BlockStatement, inLoop: boolean, found: TemplateProblem[]): void {
  const problem = blockProblem(block, inLoop);
  if (problem !== undefined) report(block, problem, found);
  for (const field of block.params) checkField(field, inLoop, found);
  walk(block.program, inLoop || block.path.original === "each", found);
  walk(block.inverse, inLoop, found);
}

function blockProblem({ path, params, hash, program }: hbs.AST.BlockStatement, inLoop: boolean): string | undefined {
  const helper = path.original;
  if (!HELPERS.includes(helper)) return `\`${helper}\` is none of ${HELPERS.join(", ")}`;
  if (params.length !== 1 || hash !== undefined || program?.blockParams !== undefined)
    return `\`${helper}\` takes one field`;
  if (helper !== "each") return undefined;
  if (inLoop) return "`each` stands within another one";
  const { original } = params[0] as hbs.AST.PathExpression;
  return original === "specs" || !FIELDS.includes(original) ? undefined : "`each` goes over `specs`";
}

function checkField(expression: hbs.AST.Expression, inLoop: boolean, found: TemplateProblem[]): void {
  const { type, original } = expression as hbs.AST.PathExpression;
  // In a loop names belong to the entry, which is text without fields.
  const known = inLoop ? LOOP_FIELDS : FIELDS;
  if (type === "PathExpression" && known.includes(original)) return;
  report(expression, `\`${String(original)}\` is no field here; there are ${known.join(", ")}`, found);
}

function report({ loc }: hbs.AST.Node, message: string, found: TemplateProblem[]): void {
  found.push({ line: loc.start.line, column: loc.start.column + 1, message });
}
