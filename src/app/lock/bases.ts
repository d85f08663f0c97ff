import type { Context } from "../../context.js";
import { CommandError, EXIT } from "../../exit.js";
import type { ExternalBase } from "../../model/catalogue.js";
import type { DesiredImage } from "../../model/desired.js";
import type { Lock, LockedBase } from "../../model/lock.js";
import type { Platform } from "../../model/names.js";
import { basePlatforms } from "../../registry/base-platforms.js";
import { parseExternalReference } from "../../registry/tag-digest.js";

/** The external images that the stages of an image start from. */
export const externalBases = ({ node }: DesiredImage): readonly ExternalBase[] =>
  node.stages.flatMap(({ base }) => (base.type === "external" ? [base.base] : []));

export interface BaseOptions {
  readonly lock: Lock | undefined;
  readonly tlsVerify: boolean;
}

/**
 * Gives the digests of external bases by platform. The registry is asked once for each base, and not at all where the lockfile
 * already has its digest.
 */
export function baseLocker({ env, signal }: Context, { lock, tlsVerify }: BaseOptions) {
  const answers = new Map<string, Promise<LockedBase>>();
  return (base: ExternalBase, platform: Platform): Promise<LockedBase> => {
    const { ref, digest } = base;
    const old = lock?.bases.get(ref);
    if (old?.digest === digest) return Promise.resolve(old);
    const answer = answers.get(ref) ?? ask(base);
    answers.set(ref, answer);
    return answer.then((entry) =>
      // A single image without an index: it is for the platform of the image that is built on it.
      entry.platforms.size > 0 ? entry : { digest, platforms: new Map([[platform, digest]]) },
    );
  };

  async function ask({ ref, digest }: ExternalBase): Promise<LockedBase> {
    const reference = parseExternalReference(ref);
    if (reference === undefined)
      throw new CommandError(EXIT.rejected, `${ref}: not a reference of the form HOST/NAME:TAG`);
    const isLocal = /^(?:localhost|127\.0\.0\.1)(?::|$)/.test(reference.host);
    const access = { options: { tlsVerify: tlsVerify || !isLocal, env }, signal };
    return { digest, platforms: (await basePlatforms(reference, digest, access)) ?? new Map() };
  }
}
