/*
 * GitHub's own parser for workflows and actions. Node cannot import it directly (it imports JSON without an attribute), so
 * scripts/generate.ts bundles this file into parser.bundle.js, which tests import. The types are those of this file.
 */
import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
import { convertActionTemplate, parseAction } from "@actions/workflow-parser/actions/index";
import type { TemplateContext } from "@actions/workflow-parser/templates/template-context";
import type {
  BasicExpressionToken,
  MappingToken,
  SequenceToken,
  StringToken,
  TemplateToken,
} from "@actions/workflow-parser/templates/tokens/index";
import { TokenType } from "@actions/workflow-parser/templates/tokens/types";

/** Where a part of a file begins; lines and columns count from one. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export type WorkflowNode =
  | (Place & { readonly kind: "scalar"; readonly text: string; readonly value: string | number | boolean | null })
  | (Place & { readonly kind: "list"; readonly items: readonly WorkflowNode[] })
  | (Place & { readonly kind: "map"; readonly entries: readonly (readonly [string, WorkflowNode])[] });

export interface ParsedFile {
  readonly text: string;
  readonly name: string;
  /** What GitHub would reject, as `line:column: message`; use the other members only if this is empty. */
  readonly errors: readonly string[];
  readonly root: WorkflowNode;
}

const NOTHING: WorkflowNode = { kind: "scalar", text: "", value: null, line: 1, column: 1 };

export async function readWorkflow(name: string, text: string): Promise<ParsedFile> {
  const { context, value } = parseWorkflow({ name, content: text }, new NoOperationTraceWriter());
  if (value !== undefined && context.errors.getErrors().length === 0) await convertWorkflowTemplate(context, value);
  return parsed({ name, text }, context, value);
}

export function readAction(name: string, text: string): ParsedFile {
  const { context, value } = parseAction({ name, content: text }, new NoOperationTraceWriter());
  if (value !== undefined && context.errors.getErrors().length === 0) convertActionTemplate(context, value);
  return parsed({ name, text }, context, value);
}

function parsed(
  file: { name: string; text: string },
  context: TemplateContext,
  value: TemplateToken | undefined,
): ParsedFile {
  const errors = context.errors.getErrors().map(({ rawMessage, range }) => {
    return `${range?.start.line ?? 1}:${range?.start.column ?? 1}: ${rawMessage}`;
  });
  return { ...file, errors, root: value === undefined ? NOTHING : toNode(value) };
}

function toNode(token: TemplateToken): WorkflowNode {
  const place = { line: token.line ?? 1, column: token.col ?? 1 };
  if (token.templateTokenType === TokenType.Sequence) {
    return { kind: "list", items: [...(token as SequenceToken)].map(toNode), ...place };
  }
  if (token.templateTokenType === TokenType.Mapping) {
    const entries = [...(token as MappingToken)].map(({ key, value }) => [key.toString(), toNode(value)] as const);
    return { kind: "map", entries, ...place };
  }
  return { kind: "scalar", ...scalarOf(token), ...place };
}

/** The text as written; the parser turns text around an expression into a call of format(). */
function scalarOf(token: TemplateToken): { text: string; value: string | number | boolean | null } {
  if (token.templateTokenType === TokenType.Null) return { text: "", value: null };
  if (token.templateTokenType === TokenType.BasicExpression) {
    const { source, expression } = token as BasicExpressionToken;
    const text = source?.replace(/^(["'])(.*)\1$/s, "$2") ?? `\${{ ${expression} }}`;
    return { text, value: text };
  }
  const { value } = token as StringToken;
  return { text: String(value), value };
}
