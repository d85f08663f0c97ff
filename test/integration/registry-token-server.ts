import { createPrivateKey, randomUUID, sign, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

export interface TokenServerOptions {
  /** Paths, PEM. The registry is told to trust this certificate. */
  readonly certificate: string;
  readonly key: string;
  readonly username: string;
  readonly password: string;
}

export interface TokenServer {
  readonly realm: string;
  readonly issuer: string;
  /** The requested scopes, in order. */
  readonly scopes: string[];
  stop(): Promise<void>;
}

/** A token server that a registry can trust (distribution specification, token authentication; tokens as in RFC 7519). */
export async function startTokenServer(options: TokenServerOptions): Promise<TokenServer> {
  const issuer = "test-issuer";
  const scopes: string[] = [];
  const expected = `Basic ${Buffer.from(`${options.username}:${options.password}`).toString("base64")}`;
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? "/", "http://token");
    if (request.headers.authorization !== expected) {
      response.writeHead(401).end("{}");
      return;
    }
    const asked = url.searchParams.getAll("scope");
    scopes.push(...asked);
    const token = signToken(options, { iss: issuer, aud: url.searchParams.get("service"), access: asked.map(access) });
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ token, expires_in: 300 }));
  };
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    realm: `http://127.0.0.1:${address.port}/token`,
    issuer,
    scopes,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** `repository:namespace/name:pull,push` */
function access(scope: string) {
  const [type, name, actions = ""] = scope.split(":");
  return { type, name, actions: actions.split(",") };
}

function signToken({ certificate, key }: TokenServerOptions, claims: object): string {
  const now = Math.floor(Date.now() / 1000);
  const chain = [new X509Certificate(readFileSync(certificate)).raw.toString("base64")];
  const header = { typ: "JWT", alg: "ES256", x5c: chain };
  const body = { sub: "", jti: randomUUID(), nbf: now - 10, iat: now, exp: now + 300, ...claims };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const text = `${part(header)}.${part(body)}`;
  const signature = sign("sha256", Buffer.from(text), {
    key: createPrivateKey(readFileSync(key)),
    dsaEncoding: "ieee-p1363",
  });
  return `${text}.${signature.toString("base64url")}`;
}
