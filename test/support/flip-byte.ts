import { readFile, writeFile } from "node:fs/promises";

/** Changes one bit of a file, in its middle or at a place. */
export async function flipByte(path: string, at?: number): Promise<void> {
  const bytes = await readFile(path);
  const place = at ?? bytes.length >> 1;
  bytes[place] = (bytes[place] ?? 0) ^ 1;
  await writeFile(path, bytes);
}
