import { EXIT } from "../exit.js";
import { textOption } from "./options.js";
import { defineVerb } from "./verb.js";

/** Prints the JSON Schema of one kind of file, or lists the kinds; `--out` writes files for editors. */
export const schemaVerb = defineVerb({
  usage: "schema [kind]",
  description: "print the JSON Schema of a kind of file, or list the kinds",
  examples: [
    { command: "slipway schema", says: "the kinds of files" },
    { command: "slipway schema image", says: "the JSON Schema of one" },
    { command: "slipway schema --out .slipway/schemas", says: "all of them as files, for an editor" },
  ],
  options: { out: textOption("--out <dir>", "write <kind>.schema.json files: all, or the one of the given kind") },
  async run(context, { out }, name) {
    const { kindNamed, writeSchemas } = await import("../app/author/author.js");
    const { editorSchema, editorSchemaText } = await import("../load/kinds/editor-schema.js");
    const { fileKind, KIND_NAMES } = await import("../load/kinds/schema/kinds.js");
    const { table } = await import("../report/text.js");
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
  },
});
