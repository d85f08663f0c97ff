import type { ImageTest } from "../model/definition.js";
import type { Inventory } from "../model/inventory.js";
import type { LockedPackage } from "../model/lock.js";
import type { Digest, ImageName, Platform } from "../model/names.js";
import type { BuildFailure } from "../model/plan.js";
import type { Recipe, RecipePackage } from "../model/recipe.js";
import type { LocalImage, PullReference } from "../model/registry.js";

/** Builds, inspects and tests images. All raise StepFailure for what the image's author can mend. */
export interface Runner {
  /** What an image will install, before anything of its definition runs: from slipway.lock, or else as of now. */
  resolve(job: BuildJob): Promise<Closure>;
  /** Builds an image from exactly the packages that its recipe has as `locked`. */
  build(job: BuildJob): Promise<LocalImage>;
  /** An image to look into and to test. Nothing is started before it is needed; whoever opens it closes it. */
  open(job: ImageJob): Promise<OpenImage>;
}

export interface OpenImage {
  /** What is installed in it. */
  inspect(): Promise<Inventory>;
  /** Runs tests in a throw-away container, and checks what was installed. */
  test(demands: TestDemands): Promise<void>;
  close(): Promise<void>;
}

/** Does something with an image, and closes it. */
export async function withImage<T>(
  runner: Pick<Runner, "open">,
  job: ImageJob,
  action: (image: OpenImage) => Promise<T>,
): Promise<T> {
  const image = await runner.open(job);
  try {
    return await action(image);
  } finally {
    await image.close();
  }
}

export interface Job {
  readonly name: ImageName;
  /** Path of the log file; appended to. */
  readonly log: string;
  readonly signal: AbortSignal;
}

export interface BuildJob extends Job {
  readonly recipe: Recipe;
  readonly platform: Platform;
  /** Every image of the catalogue that it is built from, by the name that the recipe gives it. */
  readonly images: ReadonlyMap<ImageName, SourceImage>;
  /** The `rootfs.tar` of its bootstrap, made already. */
  readonly rootfs?: string;
}

/** The packages that an image installs, with everything that they need beyond what it starts from. */
export interface Closure {
  readonly packages: readonly LockedPackage[];
  /** The archive of the root file system that the bootstrap made to find out. */
  readonly rootfs?: string;
}

export interface ImageJob extends Job {
  readonly image: StoredImage;
}

export interface TestDemands {
  readonly tests: readonly ImageTest[];
  /** Packages whose installed version the approved lists must allow. */
  readonly packages: readonly RecipePackage[];
}

export interface StoredImage {
  readonly imageId: Digest;
  /** undefined: it was built just now and is in local storage. */
  readonly pull?: PullReference;
}

/** An image that another one is built from. */
export interface SourceImage extends StoredImage {
  /** The base image that it stands on, and which administrators own: itself, or the nearest one among its ancestors. */
  readonly base: StoredImage;
}

/** A step failed, and the message is for users. */
export class StepFailure extends Error {
  override readonly name = "StepFailure";
  constructor(
    readonly code:
      | "BUILD_FAILED"
      | "BOOTSTRAP_FAILED"
      | "DOWNLOAD_FAILED"
      | "HASH_MISMATCH"
      | "PACKAGE_GONE"
      | "TEST_FAILED"
      | "NOT_APPROVED"
      | "PUBLISH_FAILED"
      | "MACHINE_FAILED"
      | "NO_ANSWER"
      | "NOT_LOCKABLE"
      | "INTERRUPTED",
    message: string,
    readonly tail: readonly string[] = [],
  ) {
    super(message);
  }

  toFailure(log: string): BuildFailure {
    return { code: this.code, message: this.message, log, ...(this.tail.length > 0 ? { tail: this.tail } : {}) };
  }
}
