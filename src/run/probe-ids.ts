import { existsSync, readFileSync } from "node:fs";
import { userInfo } from "node:os";
import type { Finding } from "../model/finding.js";
import { findProgram, INSTALL } from "./probe-programs.js";
import { run } from "./process.js";
import { isOutsideNamespace, isRootless } from "./user-namespace.js";

/** 0 to 65,534, which is Debian's nobody: an image with fewer IDs cannot have the files of all its users. */
const ENOUGH = 65_535;
/** How many adduser(8) gives to each user. */
const USUAL = 65_536;

/**
 * Whether an unprivileged user has IDs of its own for the users of an image (subuid(5)); undefined: for root, who has all of them.
 * Without them unpacking an image fails at the first file of another user.
 */
export async function idFinding(env: NodeJS.ProcessEnv): Promise<Finding | undefined> {
  if (!isRootless(env)) return undefined;
  const what = "sub-IDs";
  const lacks = (found: string, advice: string): Finding => ({ what, ok: false, found, advice });
  const helper = ["newuidmap", "newgidmap"].find((name) => findProgram(name) === undefined);
  if (isOutsideNamespace(env) && helper !== undefined)
    return lacks(`${helper} is not installed`, `as root: ${INSTALL} uidmap`);
  const maps = await idMaps(env);
  if (typeof maps === "string") return lacks(maps, "unprivileged user namespaces have to be allowed on this machine");
  const count = Math.min(...maps.map(countOf));
  if (count >= ENOUGH) return { what, ok: true, found: `${count} for the users of images` };
  const user = userName(env);
  const range = firstFree();
  return lacks(
    `${user} has ${count === 1 ? "no ranges" : `${count} IDs`} in /etc/subuid and /etc/subgid`,
    `as root: usermod --add-subuids ${range} --add-subgids ${range} ${user}`,
  );
}

/** The maps of users and groups in the namespace of this process or in the one that a build would have; text: why there is none. */
async function idMaps(env: NodeJS.ProcessEnv): Promise<readonly string[] | string> {
  const files = ["/proc/self/uid_map", "/proc/self/gid_map"];
  if (!isOutsideNamespace(env)) return files.map((file) => readFileSync(file, "utf8"));
  const { exitCode, stdout, stderr } = await run("buildah", ["unshare", "tail", "-n", "+1", ...files]);
  if (exitCode !== 0) return stderr.trim().split("\n").at(-1) || `buildah unshare: exit code ${exitCode}`;
  return stdout.split(/^==> .* <==$/m).filter((part) => part.trim() !== "");
}

/** user_namespaces(7): each line has the first ID inside, the first outside, and how many. */
const countOf = (map: string) =>
  map
    .trim()
    .split("\n")
    .reduce((sum, line) => sum + Number(line.trim().split(/\s+/)[2] ?? 0), 0);

function userName(env: NodeJS.ProcessEnv): string {
  try {
    // In a user namespace everybody is root; `buildah unshare` says of whose.
    const outside = Number(env._CONTAINERS_ROOTLESS_UID);
    return Number.isInteger(outside) ? (nameOf(outside) ?? String(outside)) : userInfo().username;
  } catch {
    // Containers may run as a number without a name, and ranges can be given to it as well.
    return String(process.getuid?.() ?? 0);
  }
}

/** passwd(5). */
const nameOf = (uid: number) =>
  readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"))
    .find(([, , id]) => Number(id) === uid)?.[0];

/** A range of IDs behind all that are given to somebody. */
function firstFree(): string {
  const lines = ["/etc/subuid", "/etc/subgid"].flatMap((file) =>
    existsSync(file) ? readFileSync(file, "utf8").split("\n") : [],
  );
  const ends = lines.map((line) => line.split(":").map(Number)).map(([, start = 0, count = 0]) => start + count);
  const start = Math.max(100_000, ...ends.filter(Number.isFinite));
  return `${start}-${start + USUAL - 1}`;
}
