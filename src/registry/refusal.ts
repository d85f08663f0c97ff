import { RegistryError } from "../model/registry.js";
import { type HttpError, type HttpResponse, WRONG_ANSWER } from "./http-exchange.js";
import { isRecord } from "./manifest.js";

/** The error for a registry that does not answer. */
export function unreachable(host: string, error: HttpError): RegistryError {
  const why = error.message.trim();
  if (error.code === WRONG_ANSWER) {
    const hint =
      "Check that nothing stands between this machine and the registry; `slipway verify --registry` shows what is damaged in it.";
    return new RegistryError(`Registry ${host} gives wrong answers: ${why}. ${hint}`, { cause: error });
  }
  return new RegistryError(`Registry ${host} cannot be reached: ${why}. ${unreachableHint(error)}`, { cause: error });
}

/** The error for an unexpected status; `what` is a repository, perhaps with a tag. */
export function refused(host: string, what: string, response: HttpResponse): RegistryError {
  const answer = `${response.status}${complaint(response)}`;
  return new RegistryError(`Registry ${host} answers ${answer} for ${what}. ${advice(response.status, host)}`);
}

function advice(status: number, host: string): string {
  if (status === 401) return `Log in with \`buildah login ${host}\`.`;
  if (status === 403) return "Ask for permission to use this repository.";
  if (status === 429 || status >= 500) return "Try again later.";
  return "Check that the address is the one of an OCI registry.";
}

function unreachableHint({ code }: HttpError): string {
  if (code === "EPROTO" || code.startsWith("ERR_SSL_")) {
    return "If it is a registry without TLS, set tls-verify to false.";
  }
  if (code.includes("CERT") || code.includes("SIGNED") || code.includes("SIGNATURE")) {
    return "Put the certificate of its authority where Buildah looks, too: containers-certs.d(5).";
  }
  return "Check its address and the network.";
}

/** The code and message, kept to one short printable line. */
function complaint(response: HttpResponse): string {
  const { code, message } = firstError(response) ?? {};
  const text = [code, message].filter((part) => typeof part === "string" && part !== "").join(": ");
  const line = text.replace(/[^\x20-\x7e]+/g, " ").slice(0, 200);
  return line === "" ? "" : ` (${line})`;
}

/** The first error in a body of the form that the distribution specification has for errors ("error codes"). */
export function firstError({
  body,
}: HttpResponse): { readonly code?: unknown; readonly message?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    const [first] = isRecord(value) && Array.isArray(value.errors) ? value.errors : [];
    return isRecord(first) ? first : undefined;
  } catch {
    return undefined;
  }
}
