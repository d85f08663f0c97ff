import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** In a storage: why it is to be made anew. */
const DAMAGED = "slipway-damaged";
/** In a storage, empty: something was ended that may have been removing a layer. */
const SUSPECT = "slipway-suspect";

/** Why a storage is to be made anew; undefined: nobody has found damage. */
export const foundDamage = (storage: string): Promise<string | undefined> =>
  readFile(join(storage, DAMAGED), "utf8").catch(() => undefined);

/** Has a storage made anew by the next run that is alone in it. */
export const markDamaged = (storage: string, why: string): Promise<void> => writeFile(join(storage, DAMAGED), why);

/** Has the layers of a storage looked at by the next run that is alone in it. Where there is no storage, nothing can be wrong with it. */
export const markSuspect = (storage: string): Promise<void> => writeFile(join(storage, SUSPECT), "").catch(() => {});

export const isSuspect = (storage: string): boolean => existsSync(join(storage, SUSPECT));

export const clearSuspicion = (storage: string): Promise<void> => rm(join(storage, SUSPECT), { force: true });
