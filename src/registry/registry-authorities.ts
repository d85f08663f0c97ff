import { readdirSync } from "node:fs";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { readText } from "../system/read-text.js";

/** Where Linux distributions keep the certificates the system trusts (the list of Go's crypto/x509, root_linux.go). */
const BUNDLES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/pki/tls/cacert.pem",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/** containers-certs.d(5): further authorities for one registry, in files *.crt of a directory named after it. */
const HOST_DIRECTORIES = ["/etc/containers/certs.d", "/etc/docker/certs.d"];

/**
 * The authorities to trust for a registry's host (with its port), as PEM: those that Buildah trusts. By Node's own list a company's
 * registry that Buildah pushes to would be refused here; it is used where the system has none.
 */
export function registryAuthorities(host: string, env: NodeJS.ProcessEnv): readonly string[] {
  const bundles = env.SSL_CERT_FILE ? [env.SSL_CERT_FILE] : BUNDLES;
  const system = bundles.map(readText).find((text) => text !== undefined);
  const home = env.HOME ? [join(env.HOME, ".config/containers/certs.d")] : [];
  const own = [...home, ...HOST_DIRECTORIES].flatMap((directory) => readAuthorities(join(directory, host)));
  return [...(system === undefined ? rootCertificates : [system]), ...own];
}

function readAuthorities(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith(".crt"))
      .flatMap((name) => readText(join(directory, name)) ?? []);
  } catch {
    return [];
  }
}
