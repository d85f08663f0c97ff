import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { RegistryTls } from "./docker-registry.js";

export type Route = (answer: ServerResponse, request: IncomingMessage) => void;

export interface FileServer {
  readonly port: number;
  /** `https://127.0.0.1:PORT`. */
  readonly url: string;
  /** By path; other paths are answered 404. */
  readonly routes: Map<string, Route>;
  /** The requested paths. */
  readonly asked: string[];
  stop(): Promise<void>;
}

/** A TLS web server on a free port of the loopback interface. */
export async function startFileServer({ certificate, key }: RegistryTls): Promise<FileServer> {
  const routes = new Map<string, Route>();
  const asked: string[] = [];
  const tls = { cert: await readFile(certificate), key: await readFile(key) };
  const server = createServer(tls, (request, answer) => {
    const path = request.url ?? "";
    asked.push(path);
    const route = routes.get(path);
    if (route) route(answer, request);
    else answer.writeHead(404).end("no such file");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { port, url: `https://127.0.0.1:${port}`, routes, asked, stop };
}

/** Answers with a file, unchanged. */
export const file =
  (content: string): Route =>
  (answer) =>
    answer.end(content);

export const redirect =
  (location: string): Route =>
  (answer) =>
    answer.writeHead(302, { location }).end();
