import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { crc32, deflateRawSync } from "node:zlib";

/** A wheel of one module (PEP 427) that contains its version: a ZIP archive without compression (APPNOTE.TXT 4.3). */
export function wheel(name: string, version: string): { readonly file: string; readonly bytes: Buffer } {
  const info = `${name}-${version}.dist-info`;
  const files: Record<string, string> = {
    [`${name}/__init__.py`]: `def version():\n    return "${name} ${version}"\n`,
    [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`,
    [`${info}/WHEEL`]: "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
  };
  const record = `${info}/RECORD`;
  files[record] = `${[...Object.keys(files), record].map((path) => `${path},,`).join("\n")}\n`;
  return { file: `${name}-${version}-py3-none-any.whl`, bytes: storedZip(files) };
}

/** A ZIP archive without compression. */
export const storedZip = (files: Readonly<Record<string, string>>): Buffer => zip(files, (data) => data, 0);

export const deflatedZip = (files: Readonly<Record<string, string>>): Buffer => zip(files, deflateRawSync, 8);

function zip(files: Readonly<Record<string, string>>, pack: (data: Buffer) => Buffer, method: number): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [path, text] of Object.entries(files)) {
    const [name, plain] = [Buffer.from(path), Buffer.from(text)];
    const data = pack(plain);
    // Version 2.0, no flags, the method, midnight on 1980-01-01; then checksum, sizes, length of the name.
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(method, 4);
    common.writeUInt16LE(0x21, 8);
    common.writeUInt32LE(crc32(plain), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(plain.length, 18);
    common.writeUInt16LE(name.length, 22);
    locals.push(Buffer.from("PK\x03\x04"), common, name, data);
    const entry = Buffer.alloc(14);
    entry.writeUInt32LE((0o100644 << 16) >>> 0, 6);
    entry.writeUInt32LE(offset, 10);
    central.push(Buffer.from("PK\x01\x02\x14\x03", "latin1"), common, entry, name);
    offset += 4 + common.length + name.length + data.length;
  }
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  const size = central.reduce((sum, part) => sum + part.length, 0);
  const count = Object.keys(files).length;
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, ...central, end]);
}

export interface PackageIndex {
  /** The address for PIP_INDEX_URL. */
  readonly url: string;
  stop(): Promise<void>;
}

/** A "simple" index (PEP 503) with wheels of one project, on the loopback interface; `yanked` files are withdrawn (PEP 592). */
export async function startPackageIndex(
  project: string,
  wheels: readonly ReturnType<typeof wheel>[],
  yanked: readonly string[] = [],
): Promise<PackageIndex> {
  const server = createServer((request, response) => {
    const wanted = wheels.find(({ file }) => request.url === `/files/${file}`);
    if (wanted) response.end(wanted.bytes);
    else if (request.url === `/simple/${project}/`) {
      const withdrawn = (file: string) => (yanked.includes(file) ? ' data-yanked="broken"' : "");
      const links = wheels.map(({ file }) => `<a href="/files/${file}"${withdrawn(file)}>${file}</a>`);
      response
        .setHeader("content-type", "text/html")
        .end(`<!DOCTYPE html><html><body>${links.join("\n")}</body></html>`);
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}/simple`, stop };
}
