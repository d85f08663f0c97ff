import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { caller } from "./access.js";
import type { Fault, Faults } from "./faults.js";
import { answerGit } from "./git-http.js";
import type { Reply } from "./reply.js";
import { answerRest, json } from "./rest.js";
import type { State } from "./state.js";

/** The path of the REST interface on a GitHub Enterprise Server. */
export const API = "/api/v3";

/** A request and who sent it. */
export interface LoggedRequest {
  readonly method: string;
  /** The path without the query, below the API's address, or the server's for Git. */
  readonly path: string;
  readonly query: string;
  /** null without credentials, or with invalid ones. */
  readonly user: string | null;
  /** null if the connection was dropped or there is no answer yet. */
  status: number | null;
}

export interface Logs {
  readonly requests: LoggedRequest[];
  readonly gitRequests: LoggedRequest[];
  readonly unknownRequests: LoggedRequest[];
  /** Bugs of the forge itself. */
  readonly crashes: unknown[];
}

export interface World {
  readonly state: State;
  readonly faults: Faults;
  readonly logs: Logs;
}

/** Listens on a free port of the loopback interface. */
export async function startServer(world: World): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    respond(world, request, response).catch((error: unknown) => {
      // A client that disconnects while sending is not a bug of the forge.
      if (!request.destroyed || request.complete) world.logs.crashes.push(error);
      request.socket.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { server, url: `http://127.0.0.1:${address.port}` };
}

export function stopServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function respond(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", `http://${request.headers.host}`);
  const rest = url.pathname.startsWith(`${API}/`);
  const path = rest ? url.pathname.slice(API.length) : url.pathname;
  const method = request.method ?? "GET";
  const logged: LoggedRequest = { method, path, query: url.search, user: loginOf(world.state, request), status: null };
  world.logs[rest ? "requests" : "gitRequests"].push(logged);
  const fault = world.faults.take(method, path);
  const body = await read(request);
  const operate = () =>
    rest
      ? answerRest(world.state, { method, path, url, headers: request.headers, body: body.toString() }, () =>
          world.logs.unknownRequests.push(logged),
        )
      : answerGit(world.state, { method, path, query: url.searchParams, headers: request.headers, body });
  const reply = await withFault(world, fault, operate);
  if (reply === null) {
    request.socket.destroy();
    return;
  }
  logged.status = reply.status;
  const limits = { "x-ratelimit-limit": "1000", "x-ratelimit-remaining": "999", "x-ratelimit-used": "1" };
  const reset = String(Math.floor(Date.now() / 1000) + 3600);
  response.writeHead(reply.status, { ...limits, "x-ratelimit-reset": reset, ...reply.headers }).end(reply.body);
}

/** null to drop the connection. */
async function withFault(
  { logs }: World,
  fault: Fault | undefined,
  operate: () => Promise<Reply>,
): Promise<Reply | null> {
  if (fault?.when !== "before") {
    try {
      const reply = await operate();
      if (fault === undefined) return reply;
    } catch (error) {
      logs.crashes.push(error);
      return json(500, { message: `the forge has a bug: ${error instanceof Error ? error.stack : error}` });
    }
  }
  return fault.answer;
}

function loginOf(state: State, { headers }: IncomingMessage): string | null {
  try {
    return caller(state, headers)?.account.login ?? null;
  } catch {
    return null;
  }
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
