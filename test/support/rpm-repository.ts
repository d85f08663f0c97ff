import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, normalize } from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** One package: a file in /usr/share/NAME that states its version, or whole trees of files. */
export interface TestRpm {
  readonly name: string;
  /** `[epoch:]version-release`. */
  readonly version: string;
  readonly provides?: readonly string[];
  readonly requires?: readonly string[];
  /** Text by path, executable below /usr/bin. */
  readonly files?: Readonly<Record<string, string>>;
  /** A directory that is packed with its whole tree. */
  readonly tree?: string;
  /** A shell script that runs after the installation. */
  readonly post?: string;
}

/** Like makeRepository, with packages signed by a new key, which is stored beside them as KEY. */
export async function makeSignedRepository(directory: string, packages: readonly TestRpm[]): Promise<void> {
  for (const entry of packages) await buildRpm(directory, entry);
  const home = join(directory, "..", "gnupg");
  await mkdir(home, { mode: 0o700 });
  const env = { ...process.env, GNUPGHOME: home };
  const options = ["--batch", "--quiet", "--passphrase", "", "--pinentry-mode", "loopback"];
  try {
    await execute("gpg", [...options, "--quick-generate-key", "test@example.org", "rsa2048", "sign", "never"], { env });
    const { stdout } = await execute("gpg", ["--armor", "--export"], { env });
    await writeFile(join(directory, "KEY"), stdout);
    const defines = [
      "_gpg_name test@example.org",
      "__gpg /usr/bin/gpg",
      `_gpg_sign_cmd_extra_args ${options.join(" ").replace("--passphrase  ", '--passphrase "" ')}`,
    ];
    const rpms = packages.map(({ name, version }) => join(directory, "noarch", `${name}-${version}.noarch.rpm`));
    await execute("rpmsign", [...defines.flatMap((define) => ["--define", define]), "--addsign", ...rpms], { env });
  } finally {
    await execute("gpgconf", ["--kill", "all"], { env });
  }
  await execute("createrepo_c", ["--quiet", directory]);
}

/** Builds packages below a directory, with rpmbuild(8), and makes a repository of them, with createrepo_c(8). */
export async function makeRepository(directory: string, packages: readonly TestRpm[]): Promise<void> {
  for (const entry of packages) await buildRpm(directory, entry);
  await execute("createrepo_c", ["--quiet", directory]);
}

async function buildRpm(directory: string, entry: TestRpm): Promise<void> {
  const work = join(directory, "..", "rpmbuild", `${entry.name}-${entry.version}`);
  const stage = entry.tree ?? join(work, "stage");
  const files = entry.files ?? { [`/usr/share/${entry.name}/version`]: `${entry.version}\n` };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(stage, path, ".."), { recursive: true });
    await writeFile(join(stage, path), text, { mode: path.startsWith("/usr/bin/") ? 0o755 : 0o644 });
  }
  await mkdir(work, { recursive: true });
  const spec = join(work, "package.spec");
  const list = entry.tree === undefined ? Object.keys(files) : ["/*"];
  await writeFile(spec, specOf(entry, stage, list));
  const defines = [`_topdir ${work}`, `_rpmdir ${directory}`, "_build_id_links none", "_binary_payload w.ufdio"];
  const options = defines.flatMap((define) => ["--define", define]);
  await execute("rpmbuild", ["-bb", "--quiet", ...options, spec], { maxBuffer: 1 << 26 });
}

function specOf(
  { name, version, provides = [], requires = [], post }: TestRpm,
  stage: string,
  files: readonly string[],
): string {
  const [, epoch, plain, release] = /^(?:([0-9]+):)?([^-]+)-([^-]+)$/.exec(version) ?? [];
  return [
    `Name: ${name}`,
    ...(epoch === undefined ? [] : [`Epoch: ${epoch}`]),
    `Version: ${plain}`,
    `Release: ${release}`,
    "Summary: A package of a test",
    "License: MIT",
    "BuildArch: noarch",
    "AutoReqProv: no",
    ...provides.map((other) => `Provides: ${other}`),
    ...requires.map((other) => `Requires: ${other}`),
    // Files are packed unchanged: nothing is stripped, compiled or inspected.
    "%global __os_install_post %{nil}",
    "%global _binaries_in_noarch_packages_terminate_build 0",
    "%description",
    "A package of a test.",
    "%install",
    `mkdir -p %{buildroot} && cp -a --reflink=auto ${stage}/. %{buildroot}/`,
    ...(post === undefined ? [] : ["%post", post]),
    "%files",
    ...files,
    "",
  ].join("\n");
}

/**
 * Debian's dnf with its dependencies, copied from this machine's installed packages into a directory, so that the files are real and
 * no archive is needed.
 */
export async function copyDnfTree(directory: string): Promise<void> {
  for (const part of ["bin", "sbin", "lib", "lib64"]) await mkdir(join(directory, "usr", part), { recursive: true });
  for (const part of ["bin", "sbin", "lib", "lib64"]) await execute("ln", ["-s", `usr/${part}`, join(directory, part)]);
  const { stdout } = await execute("dpkg-query", ["--listfiles", ...(await closure(WANTED))], { maxBuffer: 1 << 26 });
  // /bin and similar paths are links, which tar must not replace by directories.
  const paths = stdout.split("\n").flatMap((line) => {
    const path = line.replace(/^\/(bin|sbin|lib|lib64)\//, "/usr/$1/");
    return /^\/(?:bin|sbin|lib|lib64|\.)?$|^\/usr\/share\/(?:doc|man|locale|info|lintian)\//.test(path) ? [] : [path];
  });
  const list = `${directory}.list`;
  await writeFile(list, `${[...new Set(paths)].map((path) => path.slice(1)).join("\n")}\n`);
  const copy = `tar -C / --no-recursion --ignore-failed-read -cf - -T "$1" 2>/dev/null | tar -C "$0" -xf -`;
  await execute("sh", ["-c", copy, directory, list]);
}

const WANTED = ["dnf", "rpm", "base-files", "coreutils", "dash", "grep", "sed", "util-linux"];

/** Packages of the rpm tools that nothing here runs; they are half of the bytes. */
const UNUSED = /^(?:perl|libperl|debconf|debugedit|gnupg|gpg-wks|gpgsm|dirmngr|dpkg|adduser|python3-lib2to3|sqlite3)/;

/** Debian packages with those of their dependencies that this machine has. */
async function closure(names: readonly string[]): Promise<string[]> {
  const format = "${Package}\\t${Provides}\\t${Pre-Depends}, ${Depends}\\n";
  const { stdout } = await execute("dpkg-query", ["--show", `--showformat=${format}`], { maxBuffer: 1 << 26 });
  const bare = (text: string) => text.split(/[|,]/).map((word) => word.trim().replace(/[ :(].*$/, ""));
  const depends = new Map<string, string[]>();
  const providers = new Map<string, string>();
  for (const line of stdout.split("\n")) {
    const [name = "", provides = "", needs = ""] = line.split("\t");
    depends.set(name, bare(needs));
    for (const other of bare(provides)) if (!providers.has(other)) providers.set(other, name);
  }
  const found = new Set<string>();
  const left = [...names];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const name = depends.has(next) ? next : providers.get(next);
    if (name === undefined || name === "" || found.has(name) || UNUSED.test(name)) continue;
    found.add(name);
    left.push(...(depends.get(name) ?? []));
  }
  return [...found].sort();
}

export interface FileServer {
  readonly url: string;
  /** The requested paths. */
  readonly asked: readonly string[];
  stop(): Promise<void>;
}

/** Serves the files of a directory on the loopback interface. */
export async function serveFiles(directory: string): Promise<FileServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(request.url ?? "/"));
    asked.push(path);
    readFile(join(directory, path)).then(
      (bytes) => response.end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}`, asked, stop };
}
