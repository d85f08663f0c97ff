import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { call } from "./measure.js";
import { slipway } from "./slipway.js";
import type { Place } from "./storage.js";

/** A script that builds and pushes a catalogue's images with Buildah alone. */
export interface ShellLoop {
  run(place: Place, options?: readonly string[]): void;
}

interface Rendered {
  readonly containerfile: string;
  readonly context: readonly { readonly path: string; readonly from: string }[];
}

/**
 * What a person would write instead of using Slipway: for the same Containerfiles, `buildah build` one after another in
 * build order, then `buildah push`. Contexts are laid out beforehand, as directories of a repository would be. It builds
 * with the isolation that works on this machine, and on the machine's network: the same as Slipway.
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
  const script = join(directory, "loop.sh");
  writeFileSync(script, scriptText(directory, names));
  const isolation = isolationOptions(catalogue);
  return {
    run: ({ storage, runroot, layout }, options = []) => {
      call("/bin/sh", [script, storage, runroot, layout, ...isolation, ...options]);
    },
  };
}

function scriptText(directory: string, names: readonly string[]): string {
  return `set -eu
storage=$1; runroot=$2; layout=$3; shift 3
for image in ${names.join(" ")}; do
  buildah --root "$storage" --runroot "$runroot" --storage-driver overlay build --network host "$@" \\
    -t "localhost/$image" -f "${directory}/$image/Containerfile" "${directory}/$image/context"
done
for image in ${names.join(" ")}; do
  buildah --root "$storage" --runroot "$runroot" --storage-driver overlay push "localhost/$image" "oci:$layout:$image"
done
`;
}

/** Not every runtime that is installed works; `slipway doctor` has tried them. */
function isolationOptions(catalogue: string): readonly string[] {
  const { findings } = JSON.parse(slipway(["doctor", "--json"], { cwd: catalogue })) as {
    readonly findings: readonly { readonly what: string; readonly found: string }[];
  };
  const found = findings.find(({ what }) => what === "isolation")?.found ?? "";
  const runtime = /^oci with (\w+)/.exec(found)?.[1];
  return runtime === undefined ? ["--isolation", "chroot"] : ["--isolation", "oci", "--runtime", runtime];
}
