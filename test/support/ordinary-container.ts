import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { removeTree } from "./remove-tree.js";
import { buildahIn } from "./workspace.js";

const execute = promisify(execFile);

/** What Docker and containerd leave to a container that asks for nothing; a process that is not root has them in its bounding set alone. */
const BOUNDING = [
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "FSETID",
  "KILL",
  "SETGID",
  "SETUID",
  "SETPCAP",
  "NET_BIND_SERVICE",
];
const FURTHER = ["SYS_CHROOT", "MKNOD", "AUDIT_WRITE", "SETFCAP", "NET_RAW"];

/** What the host grants or refuses, named as in Kubernetes. */
export interface Security {
  /** false: programs gain no capabilities from their files. Default: true. */
  readonly allowPrivilegeEscalation?: boolean;
  /** `Unmasked`: nothing of /proc is covered. Default: `Default`. */
  readonly procMount?: "Default" | "Unmasked";
}

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command as user 1000 in a container of an image of one of Slipway's storages, by runc, with a directory of the machine at
 * /home/build/work and no network but a loopback interface.
 */
export async function runInContainer(
  { storage, imageId }: { storage: string; imageId: string },
  directory: string,
  command: readonly string[],
  security: Security = {},
): Promise<Ended> {
  const name = `slipway-test-${randomUUID()}`;
  const bundle = join(directory, `../${name}`);
  await mkdir(bundle, { recursive: true });
  const container = (await buildahIn(storage, "from", "--pull-never", imageId.replace("sha256:", ""))).trim();
  try {
    const rootfs = (await buildahIn(storage, "mount", container)).trim();
    const file = join(bundle, "config.json");
    await execute("runc", ["spec", "--bundle", bundle]);
    const usual = JSON.parse(await readFile(file, "utf8")) as Configuration;
    await writeFile(file, JSON.stringify(configuration(usual, { rootfs, directory, command, security })));
    const args = ["--root", join(bundle, "state"), "run", "--bundle", bundle, name];
    return await execute("runc", args, { maxBuffer: 1 << 26 }).then(
      (done) => ({ code: 0, ...done }),
      ({ code, stdout, stderr }: Ended) => ({ code, stdout, stderr }),
    );
  } finally {
    await buildahIn(storage, "rm", container);
    await removeTree(bundle);
  }
}

/** The parts of a runtime's configuration that are changed (github.com/opencontainers/runtime-spec/blob/main/config.md). */
interface Configuration {
  readonly process: Readonly<Record<string, unknown>>;
  readonly mounts: readonly unknown[];
  readonly linux: Readonly<Record<string, unknown>>;
}

interface Wanted {
  readonly rootfs: string;
  readonly directory: string;
  readonly command: readonly string[];
  readonly security: Security;
}

function configuration(usual: Configuration, { rootfs, directory, command, security }: Wanted) {
  const bounding = [...BOUNDING, ...FURTHER].map((name) => `CAP_${name}`);
  const none = { effective: [], permitted: [], inheritable: [], ambient: [] };
  const covered = security.procMount === "Unmasked" ? { maskedPaths: [], readonlyPaths: [] } : {};
  const { rlimits: _limits, ...rest } = usual.process;
  return {
    ...usual,
    root: { path: rootfs, readonly: false },
    process: {
      ...rest,
      terminal: false,
      user: { uid: 1000, gid: 1000 },
      cwd: "/home/build/work",
      args: command,
      env: ["PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/home/build"],
      capabilities: { ...none, bounding },
      noNewPrivileges: security.allowPrivilegeEscalation === false,
    },
    mounts: [
      ...usual.mounts,
      { destination: "/home/build/work", type: "bind", source: directory, options: ["rbind", "rw"] },
    ],
    linux: { ...usual.linux, ...covered },
  };
}
