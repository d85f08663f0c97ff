// Makes a clone ready: `node scripts/setup.mjs [--tests]` installs missing packages and system programs, and builds. With
// --no-programs it requires no programs for building images; with --missing it only prints the Debian packages of missing
// programs, for a caller who may install them (action.yml). Plain JavaScript without dependencies, because it runs before
// anything is installed or compiled. If there is nothing to do, it prints nothing and takes next to no time, so every npm
// script may start with it.
import { spawn, spawnSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const NODE = [20, 19];

/** What the build reads. build/.stamp lists each file, so that deleted and older ones are noticed as well. */
const INPUTS = ["src", "test", "scripts", "bench", "tsconfig.json", "package.json", "package-lock.json"];

/** System programs and their Debian packages. */
const PROGRAMS = [
  { name: "buildah", package: "buildah" },
  { name: "mmdebstrap", package: "mmdebstrap" },
  { name: "git", package: "git" },
  { name: "runc", package: "runc" },
  { name: "flock", package: "util-linux" },
  { name: "ip", package: "iproute2" },
  { name: "newuidmap", package: "uidmap" },
];
const TEST_PROGRAMS = [
  { name: "skopeo", package: "skopeo" },
  { name: "docker-registry", package: "docker-registry" },
  { name: "busybox", package: "busybox-static" },
  { name: "dnf", package: "dnf" },
  { name: "rpmbuild", package: "rpm" },
  { name: "createrepo_c", package: "createrepo-c" },
  // A runtime in the documentation calls this compiler; the package also depends on the C headers.
  { name: "g++", package: "g++" },
  { name: "python3", package: "python3" },
  { name: "faketime", package: "faketime" },
  // Shells for which there is completion, and what shows manual pages.
  { name: "groff", package: "groff-base" },
  { name: "zsh", package: "zsh" },
  { name: "fish", package: "fish" },
];

const OPTIONS = ["--tests", "--no-programs", "--missing"];

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stampFile = join(root, "build/.stamp");
const lockFile = join(root, "build/.setup.lock");
const LOCK_TAKEN = 75; // the exit code flock is told to use, EX_TEMPFAIL of sysexits.h
const LOCKED = "SLIPWAY_SETUP_LOCKED"; // set for the process that runs under the lock

/** A failure with an explanation: printed as one line, never as a stack trace. */
class SetupError extends Error {}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`setup: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}

async function main(argv) {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < NODE[0] || (major === NODE[0] && minor < NODE[1])) {
    throw new SetupError(`Node.js ${NODE.join(".")} or later is needed, this is ${process.versions.node}`);
  }
  const unknown = argv.filter((argument) => !OPTIONS.includes(argument));
  if (unknown.length > 0) {
    throw new SetupError(`unknown argument ${unknown.join(" ")}; usage: setup.mjs [${OPTIONS.join("] [")}]`);
  }
  const wanted = argv.includes("--no-programs") ? PROGRAMS.filter(({ name }) => name === "flock") : PROGRAMS;
  const programs = argv.includes("--tests") ? [...PROGRAMS, ...TEST_PROGRAMS] : wanted;
  if (argv.includes("--missing")) {
    console.log(
      missing(programs)
        .map((program) => program.package)
        .join(" "),
    );
    return 0;
  }

  if (!packagesAreStale() && !buildIsStale() && missing(programs).length === 0) return 0;
  if (process.env[LOCKED] === undefined) return lockedAgain(argv);
  // Check again under the mutex: another set-up may have done everything in the meantime.
  if (packagesAreStale()) await installPackages();
  if (buildIsStale()) await build();
  const needed = missing(programs);
  if (needed.length > 0) await installPrograms(needed);
  return 0;
}

/**
 * Starts this script again under flock(1), which waits for another set-up of the same clone. The kernel frees the lock
 * when its holder dies in whatever way, which a lock directory would not survive.
 */
function lockedAgain(argv) {
  const program = find("flock");
  if (!program) throw new SetupError(explain([{ name: "flock", package: "util-linux" }]));
  mkdirSync(dirname(lockFile), { recursive: true });
  const flock = (...options) => {
    const self = [process.execPath, fileURLToPath(import.meta.url), ...argv];
    const args = [...options, "-E", String(LOCK_TAKEN), lockFile, ...self];
    const { status, signal } = spawnSync(program, args, { stdio: "inherit", env: { ...process.env, [LOCKED]: "1" } });
    return status ?? 128 + (constants.signals[signal] ?? 0);
  };
  const status = flock("--nonblock");
  if (status !== LOCK_TAKEN) return status;
  say("another set-up of this clone is running, waiting for it");
  return flock();
}

function packagesAreStale() {
  const installed = statSync(join(root, "node_modules/.package-lock.json"), { throwIfNoEntry: false });
  return installed === undefined || installed.mtimeMs < statSync(join(root, "package-lock.json")).mtimeMs;
}

async function installPackages() {
  say("installing packages (npm ci)");
  // The build needs the development packages, whatever NODE_ENV is.
  await run("npm", ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"]);
}

function buildIsStale() {
  return readStamp() !== stampOf(inputFiles());
}

async function build() {
  say("building (npm run build)");
  const files = inputFiles();
  removeLeftovers(files);
  await run("npm", ["run", "--silent", "build"]);
  // The state from before the build: a file that is saved during it is built the next time.
  writeFileSync(stampFile, stampOf(files));
}

/** One line for each input, with its time and size, which change when it is edited. */
function stampOf(files) {
  return files.map(({ path, mtimeMs, size }) => `${path}\t${mtimeMs}\t${size}\n`).join("");
}

function readStamp() {
  return existsSync(stampFile) ? readFileSync(stampFile, "utf8") : undefined;
}

function inputFiles() {
  const files = [];
  const collect = (path) => {
    const stats = statSync(join(root, path), { throwIfNoEntry: false });
    if (stats?.isDirectory()) for (const name of readdirSync(join(root, path)).sort()) collect(`${path}/${name}`);
    else if (stats !== undefined) files.push({ path, mtimeMs: stats.mtimeMs, size: stats.size });
  };
  for (const input of INPUTS) collect(input);
  return files;
}

/** Removes the compiler's output for deleted sources: a deleted test must not run any more. */
function removeLeftovers(files) {
  const present = new Set(files.map(({ path }) => path));
  const built = (readStamp() ?? "").split("\n").map((line) => line.split("\t")[0]);
  for (const path of built.filter((name) => name.endsWith(".ts") && !present.has(name))) {
    rmSync(join(root, "build", path.replace(/\.ts$/, ".js")), { force: true });
  }
}

function missing(programs) {
  return programs.filter(({ name }) => (name === "busybox" ? !staticBusybox() : !find(name)));
}

function find(program) {
  // The administrator's folders are not in everyone's PATH, and runc may be in one of them.
  const folders = [...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/sbin"];
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}

/** The tests put only /bin/busybox into an image, where a dynamically linked one would lack its loader. */
function staticBusybox() {
  if (!existsSync("/bin/busybox")) return false;
  const start = Buffer.alloc(4096); // the program headers, in which an ELF file names its loader
  const file = openSync("/bin/busybox", "r");
  readSync(file, start);
  closeSync(file);
  return !start.includes("/ld-");
}

async function installPrograms(programs) {
  if (process.getuid?.() !== 0 || !find("apt-get")) throw new SetupError(explain(programs));
  const packages = programs.map((program) => program.package);
  say(`installing ${packages.join(", ")} (apt-get)`);
  if (packages.includes("docker-registry")) keepServiceOff("docker-registry");
  // runlevel(8) prints these two; in runlevel 1 invoke-rc.d starts no service on a machine with init scripts.
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1", PREVLEVEL: "N" };
  await run("apt-get", ["-q", "update"], env);
  const options = ["-q", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"];
  // No package depends on ca-certificates, but Buildah and git use TLS.
  await run("apt-get", [...options, "install", ...packages, "ca-certificates"], env);
  const still = missing(programs);
  if (still.length > 0) throw new SetupError(explain(still));
}

/**
 * Masks the service of a package before installing it: Debian would start it at once and at every boot. The tests need only the
 * program, and start it on a port of their own. An existing unit file is somebody's decision.
 */
function keepServiceOff(name) {
  const unit = `/etc/systemd/system/${name}.service`;
  if (lstatSync(unit, { throwIfNoEntry: false }) !== undefined) return;
  mkdirSync(dirname(unit), { recursive: true });
  symlinkSync("/dev/null", unit);
  say(`the service ${name} stays off (systemctl unmask ${name} would allow it)`);
}

function explain(programs) {
  const packages = programs.map((program) => program.package).join(" ");
  const how = find("apt-get")
    ? `run as root: apt-get update && apt-get install -y --no-install-recommends ${packages}`
    : `install them with this system's package manager (Debian calls the packages ${packages})`;
  return `missing programs: ${programs.map(({ name }) => name).join(", ")}; ${how}`;
}

/** Runs a command quietly. Its output is shown only if it fails, as the explanation. */
function run(command, args, env = process.env) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        output += chunk;
      });
    }
    child.on("error", (error) => reject(new SetupError(`${command} cannot be started: ${error.message}`)));
    child.on("close", (code, signal) => {
      if (code === 0) return resolve();
      console.error(output.trimEnd());
      reject(new SetupError(`${command} ${args.join(" ")} failed (${signal ?? `exit code ${code}`})`));
    });
  });
}

function say(text) {
  console.error(`setup: ${text}`);
}
