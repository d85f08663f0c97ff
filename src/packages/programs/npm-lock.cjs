const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const { join } = require("node:path");
const [directory] = process.argv.slice(2);
const npmPath = spawnSync("/bin/sh", ["-c", "command -v npm"], { encoding: "utf8" }).stdout.trim();
if (npmPath === "") {
  process.stderr.write("npm: not found\n");
  process.exit(1);
}
const semver = require("node:module").createRequire(fs.realpathSync(npmPath))("semver");
const { projects, kept } = JSON.parse(fs.readFileSync(join(directory, "request.json"), "utf8"));
const OPTIONS = ["--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--no-progress", "--logs-max=0"];

function npm(args, cwd) {
  const { status, stdout, stderr } = spawnSync("npm", args, { cwd, encoding: "utf8", maxBuffer: 1 << 28 });
  process.stderr.write(stderr ?? "");
  if (status === 0) return stdout;
  // Last of all what it is about: npm ends with a code, or with advice.
  const lines = (stderr ?? "").split("\n").map((line) => line.replace(/^npm (?:ERR!|error) ?/, ""));
  const told = lines.find((line) => / /.test(line) && !/^(?:npm |code |errno |syscall |path )/.test(line));
  process.stderr.write(`${told ?? "npm failed"}\n`);
  process.exit(1);
}

const readJson = (path) => (fs.existsSync(path) ? JSON.parse(fs.readFileSync(path, "utf8")) : undefined);
const overridesBut = (names) =>
  Object.fromEntries(
    kept.filter(({ name }) => !names.includes(name)).map(({ name, version }) => [`${name}@${version}`, version]),
  );

/** npm lets nobody override what is asked for directly: there the version is written down, where the range allows it. */
const keepDirect = (ranges = {}) =>
  Object.fromEntries(
    Object.entries(ranges).map(([name, range]) => {
      const held = kept.find((entry) => entry.name === name && semver.satisfies(entry.version, range));
      return [name, held?.version ?? range];
    }),
  );

function resolve({ name, argument, files }, index) {
  const cwd = join(directory, "projects", String(index));
  fs.mkdirSync(cwd, { recursive: true });
  for (const [file, text] of Object.entries(files ?? {})) fs.writeFileSync(join(cwd, file), text);
  const file = join(cwd, "package.json");
  const manifest = readJson(file) ?? { name: "slipway-lock", version: "1.0.0" };
  const direct =
    name === undefined ? Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }) : [name];
  const locked = fs.existsSync(join(cwd, "package-lock.json"));
  if (!locked) {
    const [dependencies, optionalDependencies] = [manifest.dependencies, manifest.optionalDependencies].map(keepDirect);
    fs.writeFileSync(
      file,
      JSON.stringify({ ...manifest, dependencies, optionalDependencies, overrides: overridesBut(direct) }),
    );
  }
  const command = locked ? ["ci", "--replace-registry-host=always"] : ["install"];
  npm([...command, ...OPTIONS, ...(argument === undefined ? [] : ["--", argument])], cwd);
  const { packages = {} } = readJson(join(cwd, "node_modules", ".package-lock.json")) ?? {};
  const has = name === undefined ? undefined : readJson(join("/usr/local/lib/node_modules", name, "package.json"));
  if (has !== undefined && has.version === packages[`node_modules/${name}`]?.version) return { direct, packages: {} };
  return { direct, packages };
}

function fetch(name, { version, integrity }, index) {
  const file = join("files", String(index));
  const [algorithm = "", base64 = ""] = (integrity ?? "").split(" ")[0].split("-");
  const hex = Buffer.from(base64, "base64").toString("hex");
  const cached = join(
    process.env.npm_config_cache ?? "",
    "_cacache",
    "content-v2",
    algorithm,
    hex.slice(0, 2),
    hex.slice(2, 4),
    hex.slice(4),
  );
  if (hex !== "" && fs.existsSync(cached)) fs.copyFileSync(cached, join(directory, file));
  else {
    const to = join(directory, "packed", String(index));
    fs.mkdirSync(to, { recursive: true });
    npm(["pack", `${name}@${version}`, "--pack-destination", to, "--logs-max=0"], directory);
    fs.renameSync(join(to, fs.readdirSync(to)[0]), join(directory, file));
  }
  return file;
}

const found = projects.map(resolve);
const files = {};
for (const { packages } of found) {
  for (const [path, entry] of Object.entries(packages)) {
    const name = entry.name ?? path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
    if (entry.inBundle || entry.link) continue;
    files[`${name}@${entry.version}`] ??= fetch(name, entry, Object.keys(files).length);
  }
}
fs.writeFileSync(join(directory, "report"), JSON.stringify({ projects: found, files }));
