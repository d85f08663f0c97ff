import { existsSync } from "node:fs";
import type { Platform } from "../model/names.js";

/** The OCI image specification's names of processors (Go's GOARCH) by Node's. */
const OF_NODE: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386", ppc64: "ppc64le" };

/** What the OCI image specification calls an architecture, as Debian and the emulators of QEMU do. */
const NAMES: Readonly<Record<string, { readonly debian: string; readonly qemu: string }>> = {
  amd64: { debian: "amd64", qemu: "x86_64" },
  "386": { debian: "i386", qemu: "i386" },
  arm64: { debian: "arm64", qemu: "aarch64" },
  arm: { debian: "armhf", qemu: "arm" },
  ppc64le: { debian: "ppc64el", qemu: "ppc64le" },
  s390x: { debian: "s390x", qemu: "s390x" },
  riscv64: { debian: "riscv64", qemu: "riscv64" },
};

export interface ForeignPlatform {
  readonly platform: Platform;
  /** Debian's name of the architecture; undefined: Debian has none. */
  readonly debian: string | undefined;
  /** Why programs for it cannot run here; undefined: they can. */
  readonly problem: string | undefined;
}

/** What there is to know about another platform; undefined: it is this machine's own. */
export function foreignPlatform(
  platform: Platform,
  machine: string = OF_NODE[process.arch] ?? process.arch,
  exists: (path: string) => boolean = existsSync,
): ForeignPlatform | undefined {
  const [system, architecture = ""] = platform.split("/");
  if (system === "linux" && architecture === machine) return undefined;
  const names = NAMES[architecture];
  // The kernel hands programs of other processors to an emulator that is registered there (binfmt_misc).
  const isEmulated = names !== undefined && exists(`/proc/sys/fs/binfmt_misc/qemu-${names.qemu}`);
  const advice = "apt-get install -y --no-install-recommends qemu-user-static binfmt-support";
  const problem = isEmulated ? undefined : `programs of ${platform} cannot be run on this machine: ${advice}`;
  return { platform, debian: names?.debian, problem };
}
