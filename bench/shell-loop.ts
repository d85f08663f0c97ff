import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { call } from "./measure.js";
import { slipway } from "./slipway.js";
import type { Place } from "./storage.js";

/** A script that builds and pushes a catalogue's images with Buildah alone. */
export interface ShellLoop {
  build(place: Place, options?: readonly string[]): void;
  push(place: Place): void;
}

interface Rendered {
  readonly containerfile: string;
  readonly context: readonly { readonly path: string; readonly from: string }[];
}

/**
 * Writes the script that someone would use instead of Slipway: for the same Containerfiles, `buildah build` one after another in
 * build order, then `buildah push`. Contexts are prepared beforehand, like directories of a repository. As in Slipway, builds use
 * the isolation that works on this machine, and the machine's network.
 */
export function writeShellLoop(directory: string, catalogue: string, names: readonly string[]): ShellLoop {
  for (const name of names) {
    const { containerfile, context } = JSON.parse(slipway(["render", name, "--json"], { cwd: catalogue })) as Rendered;
    mkdirSync(join(directory, name, "context"), { recursive: true });
    writeFileSync(join(directory, name, "Containerfile"), containerfile);
    for (const { path, from } of context) {
      const target = join(directory, name, "context", path);
      mkdirSync(dirname(target), { recursive: true });
      cpSync(join(catalogue, from), target, { verbatimSymlinks: true });
    }
  }
  const [build, push] = [join(directory, "build.sh"), join(directory, "push.sh")];
  writeFileSync(build, buildScript(directory, names));
  writeFileSync(push, pushScript(names));
  const isolation = isolationOptions(catalogue);
  return {
    build: ({ storage, runroot }, options = []) => {
      call("/bin/sh", [build, storage, runroot, ...isolation, ...options]);
    },
    push: ({ storage, runroot, layout }) => {
      call("/bin/sh", [push, storage, runroot, layout]);
    },
  };
}

const BUILDAH = 'buildah --root "$storage" --runroot "$runroot" --storage-driver overlay';

const buildScript = (directory: string, names: readonly string[]) => `set -eu
storage=$1; runroot=$2; shift 2
for image in ${names.join(" ")}; do
  ${BUILDAH} build --network host "$@" \\
    -t "localhost/$image" -f "${directory}/$image/Containerfile" "${directory}/$image/context"
done
`;

const pushScript = (names: readonly string[]) => `set -eu
storage=$1; runroot=$2; layout=$3
for image in ${names.join(" ")}; do
  ${BUILDAH} push "localhost/$image" "oci:$layout:$image"
done
`;

/** The options for an isolation that works; not every installed runtime does, and `slipway doctor` has tried them. */
function isolationOptions(catalogue: string): readonly string[] {
  const { findings } = JSON.parse(slipway(["doctor", "--json"], { cwd: catalogue })) as {
    readonly findings: readonly { readonly what: string; readonly found: string }[];
  };
  const found = findings.find(({ what }) => what === "isolation")?.found ?? "";
  const runtime = /^oci with (\w+)/.exec(found)?.[1];
  return runtime === undefined ? ["--isolation", "chroot"] : ["--isolation", "oci", "--runtime", runtime];
}
