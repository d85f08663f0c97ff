import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { layoutTags } from "./layout.js";

/**
 * Writes the file system of an image in an OCI layout into a directory, layer by layer (image-spec, layer.md). `only` has patterns of
 * tar(1), for large images.
 */
export function unpackImage(layout: string, tag: string, directory: string, only: readonly string[] = []): void {
  const image = layoutTags(layout).get(tag);
  if (image === undefined) throw new Error(`no image ${tag} in ${layout}`);
  const blob = (digest: string) => join(layout, "blobs/sha256", digest.replace("sha256:", ""));
  const { layers } = JSON.parse(readFileSync(blob(image.digest), "utf8")) as { layers: { digest: string }[] };
  mkdirSync(directory, { recursive: true });
  for (const { digest } of layers) {
    const archive = ["-xf", blob(digest), "-C", directory, "--no-same-owner"];
    const members = only.length === 0 ? [] : ["--wildcards", ...only, "*.wh.*"];
    // tar ends with 2 if a layer has no match for a pattern; the files it wrote are checked below.
    spawnSync("tar", [...archive, ...members], {
      stdio: ["ignore", "ignore", only.length === 0 ? "inherit" : "ignore"],
    });
    for (const path of readdirSync(directory, { recursive: true, encoding: "utf8" })) {
      const [, name] = /(?:^|\/)\.wh\.([^/]+)$/.exec(path) ?? [];
      if (name === undefined) continue;
      rmSync(join(directory, path));
      rmSync(join(directory, dirname(path), name), { recursive: true, force: true });
    }
  }
}
