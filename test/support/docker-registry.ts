import { execFile, spawn } from "node:child_process";
import { mkdtemp, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { removeTree } from "./remove-tree.js";

/** The user of a registry that is started with `auth: "basic"`. */
export const USER = "ci";
export const PASSWORD = "s3cret";
/** bcrypt of PASSWORD, the only htpasswd format that the registry reads. */
const HTPASSWD = `${USER}:$2b$04$bSskj669EkrplA36VamlT.Lqip8JcmJelcBQf1K4cWC8mT.21bHci\n`;

export interface DockerRegistry {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  /** Where its blobs are: `docker/registry/v2/blobs/sha256/AB/ABCD…/data`. */
  readonly data: string;
  /** Removes what no manifest names; nothing may be written meanwhile. */
  collectGarbage(): Promise<void>;
  stop(): Promise<void>;
}

export type RegistryAuth =
  | { readonly type: "none" }
  | { readonly type: "basic" }
  /** The registry trusts tokens of `issuer` signed with the key of the certificate at the path `rootcert`. */
  | { readonly type: "token"; readonly realm: string; readonly issuer: string; readonly rootcert: string };

/** Paths of a certificate and its key, both PEM. */
export interface RegistryTls {
  readonly certificate: string;
  readonly key: string;
}

export interface RegistrySettings {
  /** true: manifests and blobs may be deleted. */
  readonly deletes?: boolean;
}

/** A real, empty registry (Debian: docker-registry) on a free port of the loopback interface, in its own directory. */
export async function startDockerRegistry(
  auth: RegistryAuth = { type: "none" },
  tls?: RegistryTls,
  { deletes = false }: RegistrySettings = {},
): Promise<DockerRegistry> {
  const directory = await mkdtemp(join(tmpdir(), "slipway-docker-registry-"));
  const port = await freePort();
  const htpasswd = join(directory, "htpasswd");
  await writeFile(htpasswd, HTPASSWD);
  const config = {
    version: 0.1,
    log: { level: "error", accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(directory, "data") }, delete: { enabled: deletes } },
    http: { addr: `127.0.0.1:${port}`, ...(tls && { tls }) },
    ...(auth.type === "basic" && { auth: { htpasswd: { realm: "test", path: htpasswd } } }),
    ...(auth.type === "token" && {
      auth: {
        token: { realm: auth.realm, service: "test-registry", issuer: auth.issuer, rootcertbundle: auth.rootcert },
      },
    }),
  };
  const file = join(directory, "config.yml");
  await writeFile(file, JSON.stringify(config)); // JSON is YAML
  const child = spawn("docker-registry", ["serve", file], { stdio: ["ignore", "ignore", "pipe"] });
  let complaints = "";
  child.stderr.on("data", (chunk) => {
    complaints += chunk;
  });
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  const stop = async () => {
    child.kill();
    await ended;
    await removeTree(directory);
  };
  const protocol = tls ? "https" : "http";
  for (let tries = 0; !(await answers(protocol, port)); tries += 1) {
    if (tries === 200 || child.exitCode !== null || child.pid === undefined) {
      await stop();
      throw new Error(`docker-registry does not start: ${complaints.slice(-2000)}`);
    }
    await sleep(25);
  }
  const collectGarbage = async () => {
    await promisify(execFile)("docker-registry", ["garbage-collect", file]);
  };
  return { host: `127.0.0.1:${port}`, data: join(directory, "data"), collectGarbage, stop };
}

/** Accepts any answer, even a refused certificate. */
async function answers(protocol: string, port: number): Promise<boolean> {
  try {
    await fetch(`${protocol}://127.0.0.1:${port}/v2/`);
    return true;
  } catch (error) {
    const { code = "" } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
    return code.includes("CERT") || code.includes("SIGNED");
  }
}

/** A port that is currently free. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
