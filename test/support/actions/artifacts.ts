import { cp, mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

/** Artifacts of runs, each a directory `<run>/<name>`. */
export class Artifacts {
  constructor(readonly directory: string) {}

  /** Stores a directory's files, or a single file. False if there is nothing to store. */
  async put(run: number, name: string, path: string, overwrite: boolean): Promise<boolean> {
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) return false;
    if (!/^[^"<>|*?\\/\r\n:]+$/.test(name)) throw new Error(`no name for an artifact: ${name}`);
    const target = this.path(run, name);
    if (overwrite) await rm(target, { recursive: true, force: true });
    if ((await stat(target).catch(() => undefined)) !== undefined)
      throw new Error(`there is an artifact ${name} already`);
    await mkdir(target, { recursive: true });
    const file = found.isFile() ? join(target, path.split("/").at(-1) ?? "") : target;
    await cp(path, file, { recursive: true });
    return true;
  }

  async names(run: number): Promise<string[]> {
    return (await readdir(join(this.directory, String(run))).catch((): string[] => [])).sort();
  }

  path(run: number, name: string): string {
    return join(this.directory, String(run), name);
  }
}
