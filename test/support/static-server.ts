import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, normalize } from "node:path";

export interface StaticServer {
  /** The address, without a trailing `/`. */
  readonly url: string;
  /** The requested paths. */
  readonly asked: string[];
  stop(): Promise<void>;
}

/** Serves files on the loopback interface: those of a directory, or given ones by path. */
export async function startStaticServer(files: string | ReadonlyMap<string, Buffer | string>): Promise<StaticServer> {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent((request.url ?? "/").split("?")[0] ?? "/"));
    asked.push(path);
    try {
      const content = typeof files === "string" ? await readFile(join(files, path)) : files.get(path);
      if (content === undefined) throw new Error("not there");
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}`, asked, stop };
}
