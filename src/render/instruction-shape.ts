/**
 * Why a text is not exactly one RUN instruction, with the line (from 1) that shows it; undefined: it is. A Containerfile would act on
 * anything else that a template writes: another instruction, an option of RUN such as a mount, a file of its own (heredoc).
 */
export function shapeProblem(text: string): { readonly line: number; readonly message: string } | undefined {
  const lines = text.trimEnd().split("\n");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern refuses them
  const control = lines.findIndex((line) => /[\u0000-\u0008\u000b-\u001f\u007f\u2028\u2029]/.test(line));
  if (control >= 0) return { line: control + 1, message: "it holds a control character" };
  if (!/^RUN [^\s-]/.test(text)) return { line: 1, message: "it does not begin with `RUN ` and a command" };
  for (const [index, line] of lines.entries()) {
    const isLast = index === lines.length - 1;
    const problem = lineProblem(line, isLast);
    if (problem !== undefined) return { line: index + 1, message: problem };
  }
  return undefined;
}

function lineProblem(line: string, isLast: boolean): string | undefined {
  if (/^\s*(?:#|$)/.test(line)) return "it holds a blank line or a comment";
  if (line.includes("<<")) return "it holds `<<`, which begins a file of its own";
  if (isLast) return line.endsWith("\\") ? "its last line goes on with `\\`" : undefined;
  return line.endsWith("\\") ? undefined : "a line but the last does not end with `\\`, so the instruction ends there";
}
