import { createHash } from "node:crypto";
import { join } from "node:path";
import type { LockedPackage, LockManager } from "../../model/lock.js";
import type { LockQuestion } from "../../packages/lock/lock-resolver.js";
import type { SourceImage } from "../../run/runner.js";
import { readCache, writeCache } from "../../system/cache-file.js";

/** The question to one package manager in a root. */
export interface ManagerQuestion {
  readonly manager: LockManager;
  readonly request: LockQuestion;
}

/** A package as the lockfile has it, without the stage that it is for. */
export type ResolvedPackage = Omit<LockedPackage, "stage">;

/** What was asked. */
export interface Asked {
  /** What the packages are to be installed into. */
  readonly root: SourceImage;
  readonly question: ManagerQuestion;
}

/** What a package manager answered once, and the state of the package index that it answered from. */
export interface KnownAnswer {
  readonly state: string;
  readonly packages: readonly ResolvedPackage[];
}

/** Answers by what was asked of which image. They hold as long as the index has not changed. */
export interface KnownAnswers {
  find(asked: Asked): Promise<KnownAnswer | undefined>;
  keep(asked: Asked, answer: KnownAnswer): Promise<void>;
}

/** Raised with every change to what an answer says, or to how package managers are asked. */
const FORMAT = "closure 1";

/** `directory` is made with the first answer. */
export function openKnownAnswers(directory: string): KnownAnswers {
  const pathOf = ({ root, question }: Asked) => {
    const inputs = [FORMAT, root.imageId, root.base.imageId, question.manager, question.request];
    return join(directory, `${createHash("sha256").update(JSON.stringify(inputs)).digest("hex")}.json`);
  };
  return {
    find: (asked) => readCache<KnownAnswer>(pathOf(asked), FORMAT),
    keep: (asked, answer) => writeCache(pathOf(asked), FORMAT, answer),
  };
}
