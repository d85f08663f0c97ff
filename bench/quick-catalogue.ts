import { chmodSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { call } from "./measure.js";

/**
 * The base image's setup command. Running any command creates the directories for mounts (/proc, /dev), which a Debian image has
 * anyway. Without this command, a `true` that is added later would create them and so change the image.
 */
export const QUICK_SETUP = "mkdir -p /media /srv /tmp";

/** The base image of the catalogue. */
export const QUICK_BASE = "quick-base";

const PROGRAMS = ["sh", "dd", "mkdir", "sleep", "true"] as const;
const LEVELS = 4;

/**
 * Writes a catalogue of small images that do `work`, a shell command, when they are built, commits it to Git, and returns their names in build
 * order: BusyBox on `scratch`, and on three levels above it images that work and write a file. They have no tests and no packages, so
 * that only the builder's own overhead remains.
 */
export function writeQuickCatalogue(directory: string, count: number, work: string): readonly string[] {
  const names = [QUICK_BASE];
  write(directory, "slipway.yaml", "kind: Settings\nplatforms: [linux/amd64]\n");
  write(directory, "catalog/bases.yaml", "kind: Bases\nbases: []\n");
  writeQuickBase(directory, [QUICK_SETUP]);
  writeBusyBox(join(directory, `images/${QUICK_BASE}/root/bin`));
  let above: readonly string[] = names.slice();
  for (let level = 1; level < LEVELS; level++) {
    const left = count - names.length;
    const size = level === LEVELS - 1 ? left : Math.min(left, above.length * 2 + 1);
    const own = Array.from({ length: size }, (_, place) => `quick-${level}-${place}`);
    for (const [place, name] of own.entries()) {
      const parent = above[place % above.length] ?? QUICK_BASE;
      write(directory, `images/${name}/image.yaml`, derived(name, parent, work));
    }
    names.push(...own);
    above = own;
  }
  call("git", ["init", "--quiet"], { cwd: directory });
  call("git", ["add", "--all"], { cwd: directory });
  return names;
}

/** Writes the base image's definition, with these commands as its `setup`. */
export function writeQuickBase(directory: string, setup: readonly string[]): void {
  const lines = [
    "kind: BaseImage",
    `name: ${QUICK_BASE}`,
    'version: "1.0"',
    "from: scratch",
    "os: debian",
    "artifacts: [{ path: root, dest: / }]",
    ...(setup.length > 0 ? [`setup: ${JSON.stringify(setup)}`] : []),
  ];
  write(directory, `images/${QUICK_BASE}/image.yaml`, `${lines.join("\n")}\n`);
}

/** Work for the processor. */
export const counting = (loops: number) => `i=0; while [ $i -lt ${loops} ]; do i=$((i+1)); done`;

function derived(name: string, parent: string, work: string): string {
  return `name: ${name}
version: "1.0"
parent: ${parent}
env: { NAME: ${name} }
setup:
  - ${work}; mkdir -p /srv; dd if=/dev/zero of=/srv/${name} bs=64k count=16
`;
}

function writeBusyBox(directory: string): void {
  mkdirSync(directory, { recursive: true });
  copyFileSync("/bin/busybox", join(directory, "busybox"));
  chmodSync(join(directory, "busybox"), 0o755);
  for (const program of PROGRAMS) symlinkSync("busybox", join(directory, program));
}

function write(directory: string, path: string, text: string): void {
  mkdirSync(dirname(join(directory, path)), { recursive: true });
  writeFileSync(join(directory, path), text);
}
