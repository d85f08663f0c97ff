import type { Context } from "../../context.js";
import { CommandError, EXIT } from "../../exit.js";
import type { ExternalBase } from "../../model/catalogue.js";
import type { DesiredImage } from "../../model/desired.js";
import type { Lock, LockedBase } from "../../model/lock.js";
import type { Platform } from "../../model/names.js";
import { basePlatforms } from "../../registry/base-platforms.js";
import { parseExternalReference } from "../../registry/tag-digest.js";

/** External images that the stages of an image start from. */
export const externalBases = ({ node }: DesiredImage): readonly ExternalBase[] =>
  node.stages.flatMap(({ base }) => (base.type === "external" ? [base.base] : []));

export interface BaseOptions {
  readonly lock: Lock | undefined;
  readonly tlsVerify: boolean;
}

/** Gives the digests of external bases by platform, each base asked for once, and none whose digest is the one in the lock. */
export function baseLocker({ env, signal }: Context, { lock, tlsVerify }: BaseOptions) {
  const found = new Map<string, Promise<LockedBase>>();
  return (base: ExternalBase, platform: Platform): Promise<LockedBase> => {
    const { ref, digest } = base;
    const old = lock?.bases.get(ref);
    if (old?.digest === digest) return Promise.resolve(old);
    const asked = found.get(ref) ?? ask(base);
    found.set(ref, asked);
    return asked.then((entry) =>
      // One image and no index: it is for the platform of whoever builds on it.
      entry.platforms.size > 0 ? entry : { digest, platforms: new Map([[platform, digest]]) },
    );
  };

  async function ask({ ref, digest }: ExternalBase): Promise<LockedBase> {
    const reference = parseExternalReference(ref);
    if (reference === undefined)
      throw new CommandError(EXIT.rejected, `${ref}: no reference of the form HOST/NAME:TAG`);
    const isLocal = /^(?:localhost|127\.0\.0\.1)(?::|$)/.test(reference.host);
    const access = { options: { tlsVerify: tlsVerify || !isLocal, env }, signal };
    return { digest, platforms: (await basePlatforms(reference, digest, access)) ?? new Map() };
  }
}
