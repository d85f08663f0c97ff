/**
 * A process that publishes once for each tag, all at once: `registry-publisher.js BUILDAH_DIR LAYOUT IMAGE_ID NAME TAG...`.
 * It prints each tag when it is done.
 */
import type { Digest, ImageName } from "../../src/model/names.js";
import { openRegistry } from "../../src/registry/open.js";
import { TestBuildah } from "./registry-images.js";

const [directory = "", layout = "", imageId = "", name = "", ...tags] = process.argv.slice(2);
const buildah = new TestBuildah(directory);
const registry = openRegistry(`oci:${layout}`, { tlsVerify: true, cwd: "/", buildah: buildah.run, env: process.env });
const signal = new AbortController().signal;
await Promise.all(
  tags.map(async (tag) => {
    await registry.publish({ imageId: imageId as Digest }, name as ImageName, tag, signal);
    console.log(tag);
  }),
);
