import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { shellQuote } from "../model/shell-quote.js";
import { replaceFile } from "../system/replace-file.js";
import type { BuildSystem } from "./build-system.js";
import type { StateDirectory } from "./state-directory.js";

/**
 * Runs in place of the OCI runtime, and then is it. While a command runs, Buildah asks ten times a second for the container's state, which
 * takes a fifth of a processor; here the answer comes when the command has ended (OCI runtime specification, runtime.md, `state`), or
 * after a minute: then Buildah asks again. Without timeout(1) or GNU's tail(1) it comes at once.
 */
const WRAPPER = `#!/bin/sh
runtime=RUNTIME
if [ "$1" = state ]; then
  state=$("$runtime" "$@") || exit
  case $state in
  *'"status": "running"'*)
    pid=\${state#*'"pid": '}
    timeout --foreground 60 tail --pid="\${pid%%[!0-9]*}" -s 0.03 -f /dev/null 2>/dev/null
    ;;
  *)
    printf '%s\\n' "$state"
    exit
    ;;
  esac
fi
exec "$runtime" "$@"
`;

/** What a machine builds with, with an OCI runtime that is asked less. */
export async function withPatientRuntime(
  system: BuildSystem,
  { root, temporary }: Pick<StateDirectory, "root" | "temporary">,
): Promise<BuildSystem> {
  if (system.runtime === undefined) return system;
  const runtime = join(root, "oci-runtime");
  const text = WRAPPER.replace("RUNTIME", () => shellQuote(system.runtime as string));
  // In one step, because another run may be starting it.
  const unfinished = join(temporary, `oci-runtime-${randomBytes(6).toString("hex")}`);
  await replaceFile(runtime, text, { temporary: unfinished, mode: 0o755 });
  return { ...system, runtime };
}
