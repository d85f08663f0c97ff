import { execFile, spawn } from "node:child_process";
import type { IncomingHttpHeaders } from "node:http";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { caller, may, sees } from "./access.js";
import { ApiError } from "./api-error.js";
import { GIT_ENV } from "./bare-repository.js";
import { binds } from "./branch-protection.js";
import { afterMoves } from "./pull-requests.js";
import type { Reply } from "./reply.js";
import type { Repository, State, Token } from "./state.js";

const READ = { user: "read", app: "read", scopes: ["contents"] } as const;
const WRITE = { user: "write", app: "write", scopes: ["contents"] } as const;

export interface GitRequest {
  readonly method: string;
  /** `/OWNER/NAME.git/…` */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Git's own server program (gitprotocol-http(5), git-http-backend(1)) behind the forge's people and permissions. */
export async function answerGit(state: State, request: GitRequest): Promise<Reply> {
  const [, name = ""] = /^\/([^/]+\/[^/]+?)\.git\//.exec(request.path) ?? [];
  const last = request.path.slice(request.path.lastIndexOf("/") + 1);
  // Only the first request of a conversation has it in the query; accepting it elsewhere would bypass the check.
  const service = last === "refs" ? request.query.get("service") : last;
  try {
    const token = caller(state, request.headers);
    const repository = state.repositories.get(name);
    if (service !== "git-receive-pack") {
      // Git asks for credentials only after a 401, so a private repository must not be 404 for a request without any.
      if (repository === undefined || !sees(state, token, repository))
        return token ? plain(404, "Not Found") : unauthorised();
      return may(state, token, repository, READ)
        ? await backend(request, { repository, token, refused: [] })
        : plain(403, "Forbidden");
    }
    if (token === null) return unauthorised();
    if (repository === undefined || !sees(state, token, repository)) return plain(404, "Not Found");
    if (!may(state, token, repository, WRITE)) {
      return plain(403, `Permission to ${name}.git denied to ${token.account.login}.`);
    }
    return await state.turn(() => push(state, request, { repository, token }));
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return unauthorised();
    throw error;
  }
}

/** Answers only after pull requests have been updated, so that the pushing client sees the result. */
async function push(
  state: State,
  request: GitRequest,
  { repository, token }: { repository: Repository; token: Token },
) {
  const before = await repository.git.branches();
  const refused = [...repository.protection.keys()].filter((branch) =>
    binds(state, repository, branch, token.account.login),
  );
  const reply = await backend(request, { repository, token, refused });
  await afterMoves(state, repository, { before, after: await repository.git.branches() });
  return reply;
}

let backendPath: Promise<string> | undefined;

async function findBackend(): Promise<string> {
  const { stdout } = await promisify(execFile)("git", ["--exec-path"]);
  return join(stdout.trim(), "git-http-backend");
}

interface Target {
  readonly repository: Repository;
  readonly token: Token | null;
  /** Branches that this account may not push to. */
  readonly refused: readonly string[];
}

async function backend(request: GitRequest, { repository, token, refused }: Target): Promise<Reply> {
  backendPath ??= findBackend();
  const { headers } = request;
  const env = {
    ...GIT_ENV,
    // The directory is OWNER/NAME.git below the forge's own.
    GIT_PROJECT_ROOT: dirname(dirname(repository.git.directory)),
    GIT_HTTP_EXPORT_ALL: "1",
    PATH_INFO: request.path,
    QUERY_STRING: request.query.toString(),
    REQUEST_METHOD: request.method,
    CONTENT_TYPE: headers["content-type"] ?? "",
    CONTENT_LENGTH: String(request.body.length),
    HTTP_CONTENT_ENCODING: headers["content-encoding"] ?? "",
    GIT_PROTOCOL: String(headers["git-protocol"] ?? ""),
    REMOTE_USER: token?.account.login ?? "",
    REMOTE_ADDR: "127.0.0.1",
    FORGE_PROTECTED: refused.map((branch) => `refs/heads/${branch}`).join(" "),
  };
  const child = spawn(await backendPath, { env, stdio: ["pipe", "pipe", "ignore"] });
  const output: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
  child.stdin.on("error", () => {});
  child.stdin.end(request.body);
  await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return fromCgi(Buffer.concat(output));
}

/** The answer of a CGI program: header lines, the status among them, an empty line, the body (RFC 3875). */
function fromCgi(output: Buffer): Reply {
  const end = output.indexOf("\r\n\r\n");
  const lines = output.subarray(0, end).toString("latin1").split("\r\n");
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
  );
  const { status = "200", ...others } = headers;
  return { status: Number.parseInt(status, 10), headers: others, body: output.subarray(end + 4) };
}

function unauthorised(): Reply {
  return { status: 401, headers: { "www-authenticate": 'Basic realm="GitHub"' }, body: "Authentication required" };
}

function plain(status: number, body: string): Reply {
  return { status, headers: { "content-type": "text/plain" }, body };
}
