/**
 * A process that attaches one document and one file for each text, all at once: `registry-attacher.js LAYOUT NAME DIGEST TEXT...`.
 * It prints each text when both are done.
 */
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Digest, ImageName } from "../../src/model/names.js";
import { openRegistry } from "../../src/registry/open.js";

const [layout = "", name = "", subject = "", ...texts] = process.argv.slice(2);
const buildah = async () => "";
const registry = openRegistry(`oci:${layout}`, { tlsVerify: true, cwd: "/", buildah, env: process.env });
const signal = new AbortController().signal;
const scratch = await mkdtemp(join(tmpdir(), "slipway-attacher-"));
await Promise.all(
  texts.map(async (text) => {
    const path = join(scratch, text);
    await writeFile(path, text);
    const sha256 = createHash("sha256").update(text).digest("hex");
    const attachment = { artifactType: "application/vnd.cyclonedx+json", bytes: Buffer.from(text) };
    await registry.attach(name as ImageName, subject as Digest, attachment, signal);
    await registry.storeFile({ path, sha256, name: text }, signal);
    console.log(text);
  }),
);
await rm(scratch, { recursive: true });
