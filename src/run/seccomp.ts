import { existsSync, readFileSync } from "node:fs";

/** Where Buildah looks for what system calls containers may make (containers.conf(5), seccomp_profile), in its order. */
const PROFILES = ["/etc/containers/seccomp.json", "/usr/share/containers/seccomp.json"];

/** Without it the kernel has no sockets to the hypervisor, unless a module is loaded. */
const VSOCK = "/dev/vsock";

/** Linux's numbers of address families (socket(2)). */
const [AF_UNIX, AF_INET, AF_INET6, AF_NETLINK] = [1, 2, 10, 16];
const NETLINK_AUDIT = 9;
const EINVAL = 22;

/**
 * Calls that make a socket where a filter cannot see of which family, and those for keys, which containers of root share with the
 * machine's root (keyrings(7)).
 */
const HIDDEN = /^(?:socket|socketcall|io_uring_.*|keyctl|add_key|request_key)$/;

interface Profile {
  readonly syscalls: readonly { readonly names: readonly string[] }[];
}

/**
 * A profile of seccomp with sockets of those families only that a network namespace holds apart. AF_VSOCK is none of them: a program
 * without any network reached the machine's hypervisor by it.
 */
export function namespacedSockets(profile: string): string {
  const { syscalls, ...rest } = JSON.parse(profile) as Profile;
  const others = syscalls
    .map((rule) => ({ ...rule, names: rule.names.filter((name) => !HIDDEN.test(name)) }))
    .filter(({ names }) => names.length > 0);
  const arg = (index: number, op: string, value: number) => ({ index, value, valueTwo: 0, op: `SCMP_CMP_${op}` });
  const allowed = [AF_UNIX, AF_INET, AF_INET6].map((family) => [arg(0, "EQ", family)]);
  const ways = [...allowed, [arg(0, "EQ", AF_NETLINK), arg(2, "NE", NETLINK_AUDIT)]];
  const own = ways.map((args) => ({ names: ["socket"], action: "SCMP_ACT_ALLOW", args }));
  // As the usual profile says it: groupadd and others then go on without the audit log, and with any other error they end.
  const audit = { names: ["socket"], action: "SCMP_ACT_ERRNO", errnoRet: EINVAL, errno: "EINVAL" };
  const noAudit = { ...audit, args: [arg(0, "EQ", AF_NETLINK), arg(2, "EQ", NETLINK_AUDIT)] };
  return JSON.stringify({ ...rest, syscalls: [...others, ...own, noAudit] });
}

/**
 * The machine's profile in this form. Without `text` Buildah has one of its own, which nobody can read; that is a `problem` only
 * where there is AF_VSOCK.
 */
export function seccompProfile(): { readonly text?: string; readonly problem?: string } {
  const file = PROFILES.find((path) => existsSync(path));
  if (file !== undefined) return { text: namespacedSockets(readFileSync(file, "utf8")) };
  if (!existsSync(VSOCK)) return {};
  return { problem: `neither ${PROFILES.join(" nor ")} is there, and ${VSOCK} leads out of every network namespace` };
}
