import { existsSync, readFileSync } from "node:fs";
import { rootCertificates } from "node:tls";

/** What Debian and its derivatives trust, with the authorities that were added to it (update-ca-certificates(8)). */
const SYSTEM = "/etc/ssl/certs/ca-certificates.crt";

/** The authorities to trust for downloads, as PEM: Node's, and those of the machine's bundle or else of the system. */
export function downloadAuthorities(bundle: string | undefined): readonly string[] {
  const more = [bundle ?? SYSTEM].filter((path) => existsSync(path));
  return [...rootCertificates, ...more.map((path) => readFileSync(path, "utf8"))];
}
