import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { type StaticServer, startStaticServer } from "./static-server.js";

export interface Packed {
  readonly bytes: Buffer;
  readonly integrity: string;
}

/** A package as `npm pack` writes it: a tar archive (POSIX ustar) below `package/`. */
export function packNpm(name: string, version: string, dependencies: Readonly<Record<string, string>> = {}): Packed {
  const files = {
    "package/package.json": JSON.stringify({ name, version, main: "index.js", dependencies }),
    "package/index.js": `exports.version = "${name} ${version}";\n`,
  };
  const blocks = Object.entries(files).flatMap(([path, text]) => {
    const header = Buffer.alloc(512);
    header.write(path, 0);
    header.write("0000644\0", 100);
    header.write("0000000\0", 108);
    header.write("0000000\0", 116);
    header.write(`${Buffer.byteLength(text).toString(8).padStart(11, "0")}\0`, 124);
    header.write("00000000000\0", 136);
    header.write("        0", 148);
    header.write("ustar\x0000", 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    const content = Buffer.alloc(Math.ceil(Buffer.byteLength(text) / 512) * 512);
    content.write(text);
    return [header, content];
  });
  const bytes = gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
  return { bytes, integrity: `sha512-${createHash("sha512").update(bytes).digest("base64")}` };
}

/** Name, version and dependencies. */
export type NpmPackage = readonly [name: string, version: string, dependencies?: Readonly<Record<string, string>>];

/** A package registry on the loopback interface; the last version of each name is the latest. */
export async function startNpmRegistry(packages: readonly NpmPackage[]): Promise<StaticServer> {
  const files = new Map<string, Buffer | string>();
  const registry = await startStaticServer(files);
  for (const name of new Set(packages.map(([published]) => published))) {
    const versions = packages
      .filter(([published]) => published === name)
      .map(([, version, dependencies = {}]) => {
        const { bytes, integrity } = packNpm(name, version, dependencies);
        const path = `/${name}/-/${name.split("/").at(-1)}-${version}.tgz`;
        files.set(path, bytes);
        return [
          version,
          { name, version, dependencies, dist: { tarball: `${registry.url}${path}`, integrity } },
        ] as const;
      });
    const latest = versions.at(-1)?.[0] ?? "";
    files.set(`/${name}`, JSON.stringify({ name, "dist-tags": { latest }, versions: Object.fromEntries(versions) }));
  }
  return registry;
}
