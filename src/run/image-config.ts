import type { Healthcheck } from "../model/definition.js";
import type { Instruction } from "../model/instructions.js";
import type { Digest } from "../model/names.js";
import type { BuildSystem } from "./build-system.js";
import { readStored } from "./stored-image.js";

/** The fields of an image's configuration that are used here (OCI image specification, config.md); the rest is kept as it is. */
export interface ImageConfig {
  readonly config?: Additions & {
    readonly OnBuild?: readonly string[] | null;
    readonly Entrypoint?: readonly string[] | null;
    readonly Cmd?: readonly string[] | null;
    readonly StopSignal?: string;
    readonly Env?: readonly string[] | null;
  };
  readonly rootfs?: { readonly type: "layers"; readonly diff_ids: readonly string[] };
}

/** Fields of `config` that Docker and BuildKit write into images of OCI format, too, and Buildah does not. */
export interface Additions {
  readonly Healthcheck?: DockerHealthcheck;
  readonly Shell?: readonly string[];
}

/** Docker image specification 1.2, Healthcheck. Times in nanoseconds. */
interface DockerHealthcheck {
  readonly Test: readonly string[];
  readonly Interval?: number;
  readonly Timeout?: number;
  readonly StartPeriod?: number;
  readonly Retries?: number;
}

/** An image's configuration as it is stored, with the fields that Buildah's own view lacks. Raises StepFailure. */
export const readConfig = async (system: BuildSystem, imageId: Digest): Promise<ImageConfig> =>
  (await readStored(system, imageId, "config")) as ImageConfig;

/** The sum of an image's layers as local storage has them: not compressed. */
export async function uncompressedLayerBytes(system: BuildSystem, imageId: Digest): Promise<number> {
  const manifest = await readStored(system, imageId, "manifest");
  const { layers = [] } = manifest as { layers?: readonly { readonly size: number }[] };
  return layers.reduce((sum, { size }) => sum + size, 0);
}

/**
 * What an image with these instructions on `base` lacks, because Buildah leaves it out of images in OCI format; undefined: nothing.
 * What no instruction says is inherited, as in Docker.
 */
export function additionsFor(
  instructions: readonly Instruction[],
  base: ImageConfig | undefined,
): Additions | undefined {
  const healthcheck = instructions.findLast((each) => each.type === "healthcheck");
  const shell = instructions.findLast((each) => each.type === "shell");
  const Healthcheck = healthcheck ? dockerHealthcheck(healthcheck.healthcheck) : base?.config?.Healthcheck;
  const Shell = shell?.argv ?? base?.config?.Shell;
  if (Healthcheck === undefined && Shell === undefined) return undefined;
  return { ...(Healthcheck && { Healthcheck }), ...(Shell && { Shell }) };
}

/** `none` is a value of its own: it must hide the base's healthcheck. */
function dockerHealthcheck(check: Healthcheck): DockerHealthcheck {
  if (check.type === "none") return { Test: ["NONE"] };
  const { command, interval, timeout, startPeriod, retries } = check;
  return {
    Test: command.form === "exec" ? ["CMD", ...command.argv] : ["CMD-SHELL", command.text],
    // Zeros mean "left out" there, and are left out here. The order is that of Go's structure.
    ...(interval ? { Interval: interval } : {}),
    ...(timeout ? { Timeout: timeout } : {}),
    ...(startPeriod ? { StartPeriod: startPeriod } : {}),
    ...(retries ? { Retries: retries } : {}),
  };
}

/** The configuration with the additions at the end of `config`, each member where it stood: the same text for the same input. */
export function withAdditions(image: ImageConfig, additions: Additions | undefined): ImageConfig {
  return additions ? { ...image, config: { ...image.config, ...additions } } : image;
}
