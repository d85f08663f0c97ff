// Written by Slipway: a registry of exactly the locked packages, for as long as npm runs.
// npm takes packages from a registry or not at all, so a build gives it one: this program runs beside npm inside the RUN
// step, on the loopback interface, and ends with npm. For every Node.js from 10 on. Arguments: the directory of tarballs, with
// versions.json (npm-repository.ts) in it; the directory of wrappers; npm's own arguments.
// biome-ignore-all lint/style/useNodejsImportProtocol: Node.js 10 does not know `node:`.
"use strict";
const { createReadStream, readFileSync } = require("fs");
const { createServer } = require("http");
const { spawn } = require("child_process");

const [files, wrappers, ...words] = process.argv.slice(2);
const packages = new Map();
for (const version of JSON.parse(readFileSync(`${files}/versions.json`, "utf8"))) {
  if (!packages.has(version.name)) packages.set(version.name, []);
  packages.get(version.name).push(version);
}

/** The last part of a tarball's address, as the public registry has it. Other registries have more in front. */
const tarball = ({ name, version }) => `${name}/-/${name.split("/").pop()}-${version}.tgz`;

function packument(name, address) {
  const versions = {};
  for (const entry of packages.get(name)) {
    const dist = Object.assign({ tarball: address + tarball(entry) }, entry.manifest.dist);
    versions[entry.version] = Object.assign({}, entry.manifest, { dist });
  }
  return JSON.stringify({ name, "dist-tags": { latest: Object.keys(versions)[0] }, versions });
}

const server = createServer((request, response) => {
  const path = decodeURIComponent(request.url.split("?")[0]).replace(/^[/]+/, "");
  if (packages.has(path)) {
    response.setHeader("content-type", "application/json");
    return response.end(packument(path, `http://${request.headers.host}/`));
  }
  for (const versions of packages.values()) {
    const found = versions.find((entry) => path === tarball(entry) || path.endsWith(`/${tarball(entry)}`));
    if (found) return createReadStream(`${files}/${found.file}`).pipe(response);
  }
  response.statusCode = 404;
  response.end(JSON.stringify({ error: `slipway.lock does not have ${path}` }));
});

server.listen(0, "127.0.0.1", () => {
  const env = Object.assign({}, process.env);
  for (const name of Object.keys(env)) if (/^npm_config_(?:registry|.*:registry)$/i.test(name)) delete env[name];
  const { port } = /** @type {import("net").AddressInfo} */ (server.address());
  env.npm_config_registry = `http://127.0.0.1:${port}/`;
  // A scope may have a registry of its own in the image's settings.
  for (const name of packages.keys())
    if (name[0] === "@") env[`npm_config_${name.split("/")[0]}:registry`] = env.npm_config_registry;
  env.npm_config_fetch_retries = "0";
  for (const name of ["no_proxy", "NO_PROXY"]) env[name] = [env[name], "127.0.0.1"].filter(Boolean).join(",");
  env.PATH = env.PATH.split(":")
    .filter((path) => path !== wrappers)
    .join(":");
  const npm = spawn("npm", words, { env, stdio: "inherit" });
  npm.on("error", (error) => {
    console.error(error.message);
    process.exit(127);
  });
  npm.on("exit", (code, signal) => process.exit(signal ? 1 : code));
});
