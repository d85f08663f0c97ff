import {
  createServer,
  type Server as HttpServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request,
  type ServerResponse,
} from "node:http";
import { connect, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { type Duplex, pipeline } from "node:stream";
import { PROXY_ADDRESS, PROXY_PORT } from "../model/build-environment.js";
import { bareHost, type PackageHost, packageHostText } from "../model/package-hosts.js";
import { checkedLookup, checkHost, type Resolve, resolveBySystem } from "./download-address.js";
import { proxyFor, proxyLogin, tunnel } from "./download-proxy.js";

/** A host that builds may reach. */
export interface ReachableHost extends PackageHost {
  /** true: its addresses may be private, because an administrator said so. */
  readonly isPrivate: boolean;
}

export interface PackageProxyDeps {
  readonly hosts: readonly ReachableHost[];
  /** The machine's own proxies are in it: where it has some, the connections go through them. */
  readonly env: NodeJS.ProcessEnv;
  /** Authorities for a proxy of the machine that is reached by TLS, as PEM. */
  readonly ca: readonly string[];
  readonly resolve?: Resolve;
  /** Takes a line for each host that is let through or refused, once each. */
  readonly note: (line: string) => void;
}

/**
 * The only way out of a network namespace: a proxy (RFC 9110, CONNECT and absolute-form) that knows a few hosts. Go and others never
 * ask a proxy for a loopback address, so a known host that is one is served at its own address as well.
 */
export interface PackageProxy {
  /** Where the namespace has to listen for it, each as `HOST:PORT`; the proxy itself comes first. */
  readonly addresses: readonly string[];
  /** Serves one of these, on a socket that listens there. */
  listen(address: string, socket: Server): void;
  /** The hosts that were asked for and are not among the known ones, as `HOST:PORT`. */
  refused(): readonly string[];
  /** Why known hosts could not be reached, one line each. */
  unreached(): readonly string[];
  /** Ends all connections. */
  close(): void;
}

const MINUTE = 60_000;
/** Milliseconds without a byte after which a connection ends. */
const IDLE = 5 * MINUTE;
/** Milliseconds for a connection to a host, and for a client's headers. */
const SOON = 30_000;
/** At a time; package managers open a few dozen. */
const MOST_CONNECTIONS = 256;
/** Bytes. */
const MOST_HEADERS = 32 * 1024;
/** Hosts that are remembered and noted: a build can ask for as many as it likes. */
const MOST_NOTED = 100;

/** A refusal, in words for whoever reads the output of a package manager. */
class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

type Target = Omit<PackageHost, "scheme">;

/** Nothing is resolved before the host is known to be allowed: a name that is asked for tells nobody anything. */
export function createPackageProxy(deps: PackageProxyDeps): PackageProxy {
  const known = new Map(deps.hosts.map((host) => [packageHostText(host), host]));
  const ledger = createLedger(deps.note);
  const over = new AbortController();
  const sockets = new Set<Duplex>();
  const keep = <S extends Duplex>(socket: S): S => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    // Whoever waits for it hears of an error as well.
    socket.on("error", () => socket.destroy());
    if (over.signal.aborted) socket.destroy();
    return socket;
  };
  const admit = (scheme: PackageHost["scheme"], target: Target): ReachableHost => {
    const host = known.get(packageHostText({ ...target, scheme }));
    if (host !== undefined) return host;
    ledger.refuse({ ...target, scheme });
    throw new Refusal(403, `${packageHostText({ ...target, scheme })} is no host of package sources`);
  };
  const way = { ...deps, resolve: deps.resolve ?? resolveBySystem, signal: over.signal, keep, ledger };
  const server = httpServer();
  server.on("connect", (asked, socket, head) => {
    openTunnel(way, () => admit("https", connectTarget(asked.url ?? "")), keep(socket), head);
  });
  server.on("request", (asked, answer) => {
    fetchPlain(way, () => plainTarget(asked, (target) => admit("http", target)), asked, answer);
  });
  const servers = new Map<string, Server>([[PROXY, server]]);
  for (const host of deps.hosts.filter(isLoopback)) {
    const address = addressOf(host);
    if (!servers.has(address))
      servers.set(address, host.scheme === "http" ? plainServer(way, host) : bridge(way, host));
  }
  for (const each of servers.values()) {
    each.maxConnections = MOST_CONNECTIONS;
    each.on("connection", keep);
  }
  return {
    addresses: [...servers.keys()],
    listen: (address, socket) => void servers.get(address)?.listen(socket),
    refused: ledger.refused,
    unreached: ledger.unreached,
    close: () => {
      over.abort();
      for (const each of servers.values()) each.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

const PROXY = `${PROXY_ADDRESS}:${PROXY_PORT}`;

const isLoopback = ({ host, isPrivate }: ReachableHost) => isPrivate && /^(?:localhost|127\.[0-9.]+|::1)$/.test(host);

const addressOf = ({ host, port }: PackageHost) =>
  host === "::1" ? `[::1]:${port}` : `${host === "localhost" ? PROXY_ADDRESS : host}:${port}`;

function httpServer(): HttpServer {
  const server = createServer({ maxHeaderSize: MOST_HEADERS, connectionsCheckingInterval: 1000, headersTimeout: SOON });
  server.setTimeout(IDLE);
  server.on("upgrade", (_asked, socket) => socket.destroy());
  server.on("clientError", (_error, socket) => socket.destroy());
  return server;
}

/** In the place of one host without TLS. */
function plainServer(way: Way, host: ReachableHost): Server {
  const target = ({ url = "" }: IncomingMessage) => {
    const path = url.startsWith("/") ? url : "/";
    return { host, url: new URL(`${urlOf(host).origin}${path}`) };
  };
  const server = httpServer();
  server.on("connect", (_asked, socket) => socket.destroy());
  return server.on("request", (asked, answer) => fetchPlain(way, () => target(asked), asked, answer));
}

/** In the place of one host with TLS. */
const bridge = (way: Way, host: ReachableHost): Server =>
  createTcpServer({ allowHalfOpen: true }, (client) => {
    reach(way, host).then(
      (server) => join(client, way.keep(server)),
      () => client.destroy(),
    );
  });

interface Way extends PackageProxyDeps {
  readonly resolve: Resolve;
  readonly signal: AbortSignal;
  readonly keep: <S extends Duplex>(socket: S) => S;
  readonly ledger: Ledger;
}

interface Ledger {
  admit(host: PackageHost): void;
  refuse(host: PackageHost): void;
  /** A known host could not be reached. */
  fail(host: PackageHost, why: string): void;
  refused(): readonly string[];
  unreached(): readonly string[];
}

function createLedger(note: PackageProxyDeps["note"]): Ledger {
  const noted = new Set<string>();
  const refused = new Set<string>();
  const unreached = new Map<string, string>();
  const once = (line: string) => {
    if (noted.size >= MOST_NOTED || noted.has(line)) return;
    noted.add(line);
    note(line);
  };
  return {
    admit: (host) => {
      unreached.delete(packageHostText(host));
      once(`network: let through ${packageHostText(host)}`);
    },
    refuse: (host) => {
      if (refused.size < MOST_NOTED) refused.add(packageHostText(host));
      once(`network: refused ${packageHostText(host)}, which is no host of package sources`);
    },
    fail: (host, why) => {
      // The known hosts are few.
      unreached.set(packageHostText(host), why);
      once(`network: no connection to ${packageHostText(host)}: ${why}`);
    },
    refused: () => [...refused],
    unreached: () => [...unreached].map(([host, why]) => `no connection to ${host}: ${why}`),
  };
}

/** Reads `HOST:PORT`, as in the first line of a CONNECT request. */
function connectTarget(text: string): Target {
  const [, host, port] = /^(\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253}):([1-9][0-9]{0,4})$/i.exec(text) ?? [];
  if (host === undefined || Number(port) > 65_535) throw new Refusal(400, "not a host and a port");
  return { host: bareHost(host), port: Number(port) };
}

async function openTunnel(way: Way, admit: () => ReachableHost, client: Duplex, head: Buffer): Promise<void> {
  try {
    const host = admit();
    const server = way.keep(await reach(way, host));
    client.write("HTTP/1.1 200 Connection established\r\n\r\n");
    server.write(head);
    join(client, server);
  } catch (error) {
    const { status, message } = asRefusal(error);
    client.end(
      `HTTP/1.1 ${status} ${message.replace(/[^ -~]/g, "?")}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
    );
  }
}

/** Passes bytes both ways; either end takes the other with it. */
function join(client: Duplex, server: Duplex): void {
  if (client.destroyed) return void server.destroy();
  for (const end of [client, server] as Socket[]) end.setTimeout(IDLE, () => end.destroy());
  pipeline(client, server, client, () => {
    client.destroy();
    server.destroy();
  });
}

/** A connection to a host, or through the machine's proxy. Of a name exactly those addresses are used that were checked. */
async function reach(way: Way, host: ReachableHost): Promise<Duplex> {
  const url = urlOf(host);
  const signal = AbortSignal.any([way.signal, AbortSignal.timeout(SOON)]);
  try {
    const proxy = proxyFor(url, way.env);
    const socket =
      proxy === undefined ? await connectTo(host, way.resolve, signal) : await tunnel(proxy, url, { ...way, signal });
    way.ledger.admit(host);
    return socket;
  } catch (error) {
    way.ledger.fail(host, messageOf(error));
    throw error;
  }
}

function connectTo(host: ReachableHost, resolve: Resolve, signal: AbortSignal): Promise<Socket> {
  const privateHosts = new Set(host.isPrivate ? [host.host] : []);
  checkHost(host.host, privateHosts);
  return new Promise((done, fail) => {
    const socket = connect({ host: host.host, port: host.port, lookup: checkedLookup(resolve, privateHosts) });
    const stop = () => socket.destroy(new Error(`no connection within ${SOON / 1000} s`));
    signal.addEventListener("abort", stop, { once: true });
    socket.once("error", fail);
    socket.once("connect", () => {
      signal.removeEventListener("abort", stop);
      done(socket);
    });
  });
}

const urlOf = ({ scheme, host, port }: PackageHost) =>
  new URL(`${scheme}://${host.includes(":") ? `[${host}]` : host}:${port}/`);

/** Headers that are for one connection (RFC 9110, section 7.6.1), and those that the message's own framing sets. */
const HOP =
  /^(?:connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect|content-length|host|proxy-.*|x-forwarded-.*|forwarded)$/;

function passedHeaders(headers: NodeJS.Dict<string | string[]>, dropped = HOP): OutgoingHttpHeaders {
  const named = String(headers.connection ?? "")
    .toLowerCase()
    .split(/[\s,]+/);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !dropped.test(name) && !named.includes(name)));
}

/** An answer keeps the length of its body. */
const HOP_OF_ANSWER = /^(?:connection|keep-alive|te|trailer|transfer-encoding|upgrade|proxy-.*)$/;

/** Fetches by plain HTTP: nothing but GET and HEAD, and no body, so that nothing is sent that a package source has no use for. */
async function fetchPlain(
  way: Way,
  target: () => PlainTarget,
  asked: IncomingMessage,
  answer: ServerResponse,
): Promise<void> {
  asked.resume();
  answer.on("error", () => answer.destroy());
  try {
    const { method = "" } = asked;
    if (method !== "GET" && method !== "HEAD") throw new Refusal(405, "only GET and HEAD pass without TLS");
    const { host, url } = target();
    const proxy = proxyFor(url, way.env);
    const socket = way.keep(
      proxy === undefined
        ? await reach(way, host)
        : await connectTo(asHost(proxy), way.resolve, AbortSignal.any([way.signal, AbortSignal.timeout(SOON)])),
    );
    if (proxy !== undefined) way.ledger.admit(host);
    const path = `${url.pathname}${url.search}`;
    const sent = request({
      createConnection: () => socket,
      method,
      path: proxy === undefined ? path : `http://${url.host}${path}`,
      headers: {
        ...passedHeaders(asked.headers),
        host: url.host,
        connection: "close",
        ...(proxy === undefined ? {} : proxyLogin(proxy)),
      },
      maxHeaderSize: MOST_HEADERS,
      signal: way.signal,
    });
    sent.on("response", (received) => {
      try {
        answer.writeHead(received.statusCode ?? 502, passedHeaders(received.headers, HOP_OF_ANSWER));
        pipeline(received, answer, () => socket.destroy());
      } catch (error) {
        // A status or a header that Node does not send.
        refuse(answer, error);
      }
    });
    sent.on("error", (error) => refuse(answer, error));
    // Without an error where the server wants to speak another protocol.
    sent.on("close", () => answer.headersSent || refuse(answer, new Error("the server did not answer")));
    answer.on("close", () => socket.destroy());
    sent.end();
  } catch (error) {
    refuse(answer, error);
  }
}

interface PlainTarget {
  readonly host: ReachableHost;
  readonly url: URL;
}

/** Reads the absolute form of a request's target. */
function plainTarget({ url = "" }: IncomingMessage, admit: (target: Target) => ReachableHost): PlainTarget {
  if (!/^http:\/\//i.test(url) || !URL.canParse(url)) throw new Refusal(400, "not an http URL");
  const parsed = new URL(url);
  if (parsed.username !== "" || parsed.password !== "") throw new Refusal(400, "the URL has credentials in it");
  return { host: admit({ host: bareHost(parsed.hostname), port: Number(parsed.port || 80) }), url: parsed };
}

/** The machine's own proxy may be anywhere. */
const asHost = ({ hostname, port }: URL): ReachableHost => ({
  scheme: "http",
  host: bareHost(hostname),
  port: Number(port || 80),
  isPrivate: true,
});

function refuse(answer: ServerResponse, error: unknown): void {
  const { status, message } = asRefusal(error);
  if (answer.headersSent) return void answer.destroy();
  answer.writeHead(status, { "content-type": "text/plain", connection: "close" });
  answer.end(`Slipway: ${message}\n`);
}

const asRefusal = (error: unknown) => (error instanceof Refusal ? error : new Refusal(502, messageOf(error)));

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
