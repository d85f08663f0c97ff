import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { RegistryTls } from "./docker-registry.js";

/** A certificate for 127.0.0.1, signed by itself, with its key: for a registry with TLS. */
export async function makeCertificate(directory: string): Promise<RegistryTls> {
  const [key, certificate] = [join(directory, "key.pem"), join(directory, "cert.pem")];
  const subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"];
  const kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  await promisify(execFile)("openssl", ["req", ...kind, "-keyout", key, "-out", certificate, ...subject]);
  return { key, certificate };
}
