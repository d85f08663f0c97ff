import { imageNamed, loadChecked } from "../app/catalogue/catalogue.js";
import type { Context } from "../context.js";
import { EXIT, type ExitCode } from "../exit.js";

/** The Containerfile of one image. */
export async function run(context: Context, options: { readonly ref?: string }, name: string): Promise<ExitCode> {
  const { recipe } = imageNamed(await loadChecked(context, options.ref), name);
  const { containerfile, context: entries } = recipe;
  context.out(context.json ? `${JSON.stringify({ containerfile, context: entries }, null, 2)}\n` : containerfile);
  return EXIT.done;
}
