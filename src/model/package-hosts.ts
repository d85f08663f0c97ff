/** A server that packages come from. */
export interface PackageHost {
  /** `https`: builds may have tunnels to it; `http`: plain requests that fetch something. */
  readonly scheme: "https" | "http";
  /** A name or an address, in lower case, without brackets. */
  readonly host: string;
  readonly port: number;
}

/** Where a recipe's packages come from, as far as the files of administrators say so. */
export interface PackageSources {
  /** The package managers of its stages; what the machine's settings say about them counts as well. */
  readonly managers: readonly string[];
  readonly hosts: readonly PackageHost[];
}

const DEFAULT_PORTS = { https: 443, http: 80 } as const;

/**
 * Reads `HOST[:PORT]` (https) or a URL of either scheme, of which only scheme, host and port count; undefined: it is none of them,
 * or its host holds a placeholder.
 */
export function parsePackageHost(text: string): PackageHost | undefined {
  const match = /^(?:(https?):\/\/(?:[^/?#@]*@)?)?(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::([0-9]{1,5}))?(?:[/?#].*)?$/is.exec(
    text.trim(),
  );
  if (match === null) return undefined;
  const [, scheme = "https", host = "", port] = match;
  const known = scheme.toLowerCase() as PackageHost["scheme"];
  return { scheme: known, host: bareHost(host), port: port === undefined ? DEFAULT_PORTS[known] : Number(port) };
}

/** A host in the one spelling that is compared: lower case, without brackets and the dot that ends a name. */
export const bareHost = (host: string) =>
  host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/\.$/, "");

/** The host as users write it. */
export const packageHostText = ({ scheme, host, port }: PackageHost) => {
  const name = host.includes(":") ? `[${host}]` : host;
  return `${scheme === "http" ? "http://" : ""}${name}:${port}`;
};

/** The same hosts, each once. */
export const distinctHosts = (hosts: readonly PackageHost[]): readonly PackageHost[] => [
  ...new Map(hosts.map((each) => [packageHostText(each), each])).values(),
];
