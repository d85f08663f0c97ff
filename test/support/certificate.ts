import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { RegistryTls } from "./docker-registry.js";

/** A self-signed certificate for 127.0.0.1 and further names, with its key, for a TLS server. */
export async function makeCertificate(directory: string, names: readonly string[] = []): Promise<RegistryTls> {
  const [key, certificate] = [join(directory, "key.pem"), join(directory, "cert.pem")];
  const alternatives = ["IP:127.0.0.1", ...names.map((name) => `DNS:${name}`)].join(",");
  const subject = ["-subj", "/CN=127.0.0.1", "-addext", `subjectAltName=${alternatives}`, "-days", "2"];
  const kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  await promisify(execFile)("openssl", ["req", ...kind, "-keyout", key, "-out", certificate, ...subject]);
  return { key, certificate };
}
