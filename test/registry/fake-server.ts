import { createServer, type IncomingHttpHeaders } from "node:http";

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}

export interface FakeServer {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  readonly seen: Seen[];
  stop(): Promise<void>;
}

/** An HTTP server on the loopback interface that answers as told; "hang" and "reset" are no answers at all. */
export async function startFakeServer(answer: (request: Seen) => Answer | "hang" | "reset"): Promise<FakeServer> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      const call = { method, path: url, headers, body: Buffer.concat(chunks).toString("utf8") };
      seen.push(call);
      const said = answer(call);
      if (said === "hang") return;
      if (said === "reset") request.socket.destroy();
      else response.writeHead(said.status, said.headers).end(said.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { host: `127.0.0.1:${address.port}`, seen, stop };
}
