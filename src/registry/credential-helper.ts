import { execFile } from "node:child_process";
import { RegistryError } from "../model/registry.js";
import type { Credentials } from "./auth-file.js";
import { isRecord } from "./manifest.js";

/** Milliseconds. A helper may have to ask a remote service. */
const TIMEOUT = 30_000;

/**
 * Runs `docker-credential-NAME get` (the protocol of docker-credential-helpers: the server on standard input, JSON on
 * standard output). RegistryError where the program cannot be run or fails for another reason than having no entry;
 * its output is never repeated, because it may be a secret.
 */
export async function runCredentialHelper(
  name: string,
  server: string,
  env: NodeJS.ProcessEnv,
): Promise<Credentials | undefined> {
  const program = `docker-credential-${name}`;
  if (!/^[\w.-]+$/.test(name)) throw new RegistryError(`"${name}" in the file of credentials names no helper.`);
  const { stdout, failure } = await new Promise<{ stdout: string; failure: unknown }>((resolve) => {
    const child = execFile(program, ["get"], { env, timeout: TIMEOUT }, (failure, stdout) =>
      resolve({ stdout, failure }),
    );
    child.stdin?.on("error", () => {});
    child.stdin?.end(server);
  });
  if (failure !== null) {
    // This sentence is part of the protocol: errCredentialsNotFoundMessage.
    if (stdout.includes("credentials not found")) return undefined;
    const { code } = failure as NodeJS.ErrnoException;
    throw new RegistryError(`${program} gave no credentials for ${server} (${code ?? "it was ended"}). Log in again.`);
  }
  return readAnswer(stdout, program);
}

function readAnswer(text: string, program: string): Credentials | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (!isRecord(value) || typeof value.Username !== "string" || typeof value.Secret !== "string") {
    throw new RegistryError(`${program} gave an answer that is not readable.`);
  }
  if (value.Secret === "") return undefined;
  return value.Username === "<token>"
    ? { type: "identity", token: value.Secret }
    : { type: "password", username: value.Username, password: value.Secret };
}
