import { dirname } from "node:path";
import { nearestExisting, roomAt } from "./disk-room.js";

/** What is wrong with the machine, in the words of a person, and what to do. */
export interface SystemProblem {
  readonly message: string;
  readonly hint?: string;
}

type SystemError = Pick<NodeJS.ErrnoException, "code" | "syscall" | "path"> & Error & { readonly dest?: string };

interface Cause {
  /** undefined: the disk is full, which is measured. */
  readonly why?: string;
  readonly hint?: string;
}

const CAUSES: Readonly<Record<string, Cause>> = {
  ENOSPC: { hint: "make room; `slipway doctor` shows how much is free" },
  EDQUOT: { why: "the disk quota is used up", hint: "make room; `slipway doctor` shows how much is free" },
  EROFS: { why: "its file system is read-only", hint: "SLIPWAY_STATE names another place for what Slipway keeps" },
  EACCES: {
    why: "permission is denied",
    hint: "run as the owner of these files, or give them to the user who runs this",
  },
  EPERM: {
    why: "this is not permitted",
    hint: "run as the owner of these files, or give them to the user who runs this",
  },
  EMFILE: { why: "too many files are open", hint: "raise the limit: `ulimit -n 65536`" },
  ENFILE: {
    why: "too many files are open on this machine",
    hint: "raise the limit fs.file-max, or end other programs",
  },
  ENOMEM: { why: "there is not enough memory", hint: "build fewer images at once: `--jobs 1`" },
  EAGAIN: {
    why: "there are too many processes",
    hint: "raise the limit: `ulimit -u`, or build fewer images at once: `--jobs 1`",
  },
  EISDIR: { why: "it is a directory, where a file is expected", hint: "move it away" },
  ENOTDIR: { why: "a part of the path is a file, where a directory is expected", hint: "move the file away" },
  EEXIST: { why: "something else has this name", hint: "move it away" },
  ENOTEMPTY: { why: "something still writes into it", hint: "end the programs that use it, and run this again" },
  ENOENT: { why: "it does not exist", hint: "if something has removed it meanwhile, run this again" },
  ELOOP: { why: "its symbolic links lead in a circle", hint: "remove the link" },
  ENAMETOOLONG: { why: "its path is too long", hint: "use a directory with a shorter path" },
  EIO: { why: "the disk cannot be read or written", hint: "look at the kernel's log: `dmesg`" },
  ESTALE: { why: "the server of this file system has lost it", hint: "mount it again" },
  EBUSY: { why: "something else uses it", hint: "end the programs that use it, and run this again" },
  EXDEV: { why: "it is on another file system", hint: "put the state directory onto one file system" },
  ETXTBSY: { why: "the program is being written", hint: "run this again" },
};

const WRITING = new Set([
  "write",
  "mkdir",
  "mkdtemp",
  "rename",
  "link",
  "symlink",
  "copyfile",
  "fsync",
  "chmod",
  "ftruncate",
]);
const REMOVING = new Set(["unlink", "rmdir", "rm"]);
/** Only who writes meets these. */
const OF_WRITERS = new Set(["ENOSPC", "EDQUOT", "EROFS"]);

/**
 * Explains an error of the operating system (errno(3)) that nobody has foreseen, such as a full disk or a directory in the place of a
 * file; undefined: it is another error.
 */
export function systemProblem(error: unknown): SystemProblem | undefined {
  if (!isSystemError(error)) return undefined;
  const { code = "", path, dest } = error;
  const cause = code === "EAGAIN" && !isStart(error) ? undefined : CAUSES[code];
  if (cause === undefined) return undefined;
  const place = dest ?? path;
  const { why = fullness(place), hint } = cause;
  const message = `cannot ${verb(error)} ${place ?? "a file"}: ${why}`;
  return { message, ...(hint === undefined ? {} : { hint }) };
}

const isSystemError = (error: unknown): error is SystemError =>
  error instanceof Error && "code" in error && typeof error.code === "string" && "syscall" in error;

const isStart = ({ syscall = "" }: Pick<SystemError, "syscall">) => syscall.startsWith("spawn");

function verb({ syscall = "", code = "" }: SystemError): string {
  if (isStart({ syscall })) return "start";
  if (WRITING.has(syscall) || OF_WRITERS.has(code)) return "write";
  if (REMOVING.has(syscall)) return "remove";
  return syscall === "open" ? "open" : "read";
}

/** ENOSPC is said of space and of inodes. */
function fullness(path: string | undefined): string {
  if (path === undefined) return "the disk is full";
  const { bytes, inodes } = roomAt(path);
  if (inodes === 0) return "the disk has no inodes left, so it takes no more files";
  return `the disk is full (${Math.floor(bytes / 1000)} kB free in ${nearestExisting(dirname(path))})`;
}
