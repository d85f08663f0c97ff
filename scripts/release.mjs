// Makes the files of a release: `node scripts/release.mjs TAG DIRECTORY` packs Slipway, and writes the checksums and the notes beside
// the tarball. It refuses a tag that is not package.json's version, whose changes have no date in CHANGELOG.md, or whose image of
// Slipway has other programs than are packed. Plain JavaScript without dependencies, as setup.mjs, which npm runs before it packs.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** A tag that must not be released: explained in one line. */
class ReleaseError extends Error {}

try {
  release(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof ReleaseError)) throw error;
  console.error(`release: ${error.message}`);
  process.exitCode = 1;
}

function release([tag, directory, ...rest]) {
  if (directory === undefined || rest.length > 0) throw new ReleaseError("usage: release.mjs TAG DIRECTORY");
  const { name, version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  if (tag !== `v${version}`) throw new ReleaseError(`the tag is ${tag}, package.json says ${version}`);
  const changes = changesOf(version);
  const out = resolve(directory);
  mkdirSync(out, { recursive: true });
  execFileSync("npm", ["pack", "--pack-destination", out], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  const tarball = `${name}-${version}.tgz`;
  checkImage(tarball, join(out, tarball));
  const digest = createHash("sha256")
    .update(readFileSync(join(out, tarball)))
    .digest("hex");
  writeFileSync(join(out, "SHA256SUMS"), `${digest}  ${tarball}\n`);
  // The bytes of the tarball are npm's and zlib's, so whoever packs it again needs these.
  const npm = execFileSync("npm", ["--version"], { encoding: "utf8" }).trim();
  writeFileSync(join(out, "notes.md"), `${changes}\n\nPacked with Node.js ${process.versions.node} and npm ${npm}.\n`);
  console.log(`${digest}  ${tarball}`);
}

/** images/slipway has the tarball as an artifact. What is in it is compared: how it is compressed depends on the Node.js that packs. */
function checkImage(tarball, packed) {
  const committed = join("images/slipway", tarball);
  const content = (path) => (existsSync(path) ? gunzipSync(readFileSync(path)) : Buffer.alloc(0));
  if (content(packed).equals(content(join(root, committed)))) return;
  throw new ReleaseError(
    `${committed} is not what is packed here; \`npm pack --pack-destination images/slipway\` makes it`,
  );
}

/** The text of a version's section of CHANGELOG.md. */
function changesOf(version) {
  const sections = readFileSync(join(root, "CHANGELOG.md"), "utf8").split(/^## /m);
  const section = sections.find((text) => text.startsWith(`${version} `));
  if (section === undefined) throw new ReleaseError(`CHANGELOG.md has no heading \`## ${version} — DATE\``);
  const [heading = "", ...lines] = section.split("\n");
  if (!/ — \d{4}-\d{2}-\d{2}$/.test(heading)) throw new ReleaseError(`CHANGELOG.md: \`## ${heading}\` has no date`);
  return lines.join("\n").trim();
}
