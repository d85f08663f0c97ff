import { kindNamed, writeSchemas } from "../app/author/author.js";
import type { Context } from "../context.js";
import { EXIT, type ExitCode } from "../exit.js";
import { editorSchema, editorSchemaText } from "../load/kinds/editor-schema.js";
import { fileKind, KIND_NAMES } from "../load/kinds/schema/kinds.js";
import { table } from "../report/text.js";

/** The JSON Schema of one kind of file, or which kinds there are; `--out` writes files for editors. */
export async function run(
  context: Context,
  { out }: { readonly out?: string },
  name: string | undefined,
): Promise<ExitCode> {
  const kinds = name === undefined ? KIND_NAMES : [await kindNamed(name)];
  if (out !== undefined) {
    const files = await writeSchemas(context, kinds, out);
    context.out(context.json ? `${JSON.stringify({ files }, null, 2)}\n` : `${files.join("\n")}\n`);
  } else if (name !== undefined) context.out(kinds.map(editorSchemaText).join(""));
  else if (context.json) {
    const all = Object.fromEntries(kinds.map((kind) => [kind, editorSchema(kind)]));
    context.out(`${JSON.stringify(all, null, 2)}\n`);
  } else context.out(`${table(kinds.map((kind) => [kind, fileKind(kind).place]))}\n`);
  return EXIT.done;
}
