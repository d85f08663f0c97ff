import { lookup as systemLookup } from "node:dns/promises";
import { BlockList, isIP, type LookupFunction } from "node:net";

/** Why an address does not give a file, in words for users. */
export class DownloadProblem extends Error {
  override readonly name = "DownloadProblem";
  /** `status`: what the server answers, where it does. */
  constructor(
    message: string,
    readonly status?: number,
  ) {
    super(message);
  }
}

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** All addresses of a host's name; fails as dns.lookup does. */
export type Resolve = (host: string) => Promise<readonly ResolvedAddress[]>;

export const resolveBySystem: Resolve = (host) => systemLookup(host, { all: true });

/** IANA's registry of special-purpose IPv4 addresses, with multicast, and what is reserved. */
const SPECIAL_4 = [
  ...["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"],
  ...["192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24"],
  ...["203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"],
];
/** The only part of IPv6 that is routed in public; loopback, unique local, link-local, multicast and IPv4 in IPv6 lie outside. */
const PUBLIC_6 = ["2000::/3"];
/** Within it: protocol assignments, Teredo and 6to4 (IPv4 in IPv6), documentation. */
const SPECIAL_6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"];

const special4 = blockList(SPECIAL_4, "ipv4");
const public6 = blockList(PUBLIC_6, "ipv6");
const special6 = blockList(SPECIAL_6, "ipv6");

function blockList(subnets: readonly string[], family: "ipv4" | "ipv6"): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [net = "", prefix] = subnet.split("/");
    list.addSubnet(net, Number(prefix), family);
  }
  return list;
}

/** Whether an IP address is public: not of this machine, its network, or another special kind. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !special4.check(address, "ipv4");
  return isIP(address) === 6 && public6.check(address, "ipv6") && !special6.check(address, "ipv6");
}

/** A URL's host as people write it: without the brackets of an IPv6 address and the dot that ends a name. */
export const hostOf = ({ hostname }: URL) => hostname.replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "");

/** Refuses a URL that must not be requested. `privateHosts` may have private addresses. */
export function checkUrl(url: URL, privateHosts: ReadonlySet<string>): void {
  const host = hostOf(url);
  if (url.protocol !== "https:") throw new DownloadProblem(`${url.protocol}//${host} is not https`);
  if (url.username !== "" || url.password !== "")
    throw new DownloadProblem(`the address has credentials in it: ${host}`);
  checkHost(host, privateHosts);
}

/** Refuses a host that is itself a private address; what a name stands for is seen by checkedLookup. */
export function checkHost(host: string, privateHosts: ReadonlySet<string>): void {
  if (isIP(host) !== 0 && !privateHosts.has(host) && !isPublicAddress(host)) throw privateProblem(host);
}

/**
 * A lookup for a connection. It refuses a name of which any address is private, and the connection goes to one of those that it
 * has seen: a name server that answers otherwise the next time is not asked again.
 */
export function checkedLookup(resolve: Resolve, privateHosts: ReadonlySet<string>): LookupFunction {
  return (host, options, callback) => {
    const answer = async () => {
      const addresses = await resolve(host);
      const wrong = addresses.find(({ address }) => !isPublicAddress(address));
      if (wrong && !privateHosts.has(host.replace(/\.$/, ""))) throw privateProblem(host, wrong.address);
      if (addresses[0] === undefined) throw new DownloadProblem(`${host} has no address`);
      return { addresses, first: addresses[0] };
    };
    answer().then(
      ({ addresses, first }) =>
        options.all ? callback(null, [...addresses]) : callback(null, first.address, first.family),
      (error) => callback(error, ""),
    );
  };
}

function privateProblem(host: string, address?: string): DownloadProblem {
  const which = address === undefined ? "is a private address" : `has a private address (${address})`;
  return new DownloadProblem(`${host} ${which}; if that is meant, add it to downloads.private-hosts of slipway.yaml`);
}
