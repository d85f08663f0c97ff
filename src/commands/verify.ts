import { CommandError, EXIT } from "../exit.js";
import { flag, TLS_VERIFY } from "./options.js";
import { defineVerb, type VerbOption } from "./verb.js";

const registry: VerbOption<string | true> = {
  flags: "--registry [ref]",
  description: "read all of the registry: that of slipway.yaml, or oci:DIR or docker://HOST[:PORT][/PREFIX]",
};

/** Reads everything that is stored, and says what is damaged. */
export const verifyVerb = defineVerb({
  usage: "verify",
  description: "read everything in the registry, and say what is damaged",
  examples: [
    {
      command: "slipway verify --registry",
      says: "every tag, manifest, configuration, layer, document and package file",
    },
    {
      command: "slipway verify --registry --repair",
      says: "also remove what is damaged, so that the next build makes it anew",
    },
    {
      command: "slipway verify --registry docker://registry.example/team --json",
      says: "of another registry, for programs",
    },
  ],
  isPaged: true,
  options: {
    registry,
    repair: flag("--repair", "remove what is damaged, and say what makes it anew"),
    ...TLS_VERIFY,
  },
  async run(context, { registry: reference, repair = false, tlsVerify }) {
    if (reference === undefined)
      throw new CommandError(
        EXIT.usage,
        "what is to be verified?",
        "slipway verify --registry reads all of the registry",
      );
    const { verifyRegistry } = await import("../app/plan/plan.js");
    const { registryCheckText } = await import("../report/registry-check-text.js");
    const verified = await verifyRegistry(context, {
      repair,
      ...(typeof reference === "string" && { registry: reference }),
      ...(tlsVerify !== undefined && { tlsVerify }),
    });
    const isWhole = verified.damage.length === 0 && verified.state.damaged.length === 0;
    if (context.json) context.out(`${JSON.stringify({ whole: isWhole, ...verified }, null, 2)}\n`);
    else context.out(registryCheckText(verified, context.colors.out));
    return isWhole ? EXIT.done : EXIT.failed;
  },
});
