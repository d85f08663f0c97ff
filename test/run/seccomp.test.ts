import { namespacedSockets } from "../../src/run/seccomp.js";
import { assert, suite } from "../support/suite.js";

const test = suite("run/seccomp");

interface Rule {
  readonly names: readonly string[];
  readonly action: string;
  readonly errno?: string;
  readonly args?: readonly { readonly index: number; readonly value: number; readonly op: string }[];
}

test("sockets are of the families that a namespace holds apart; everything else stays", () => {
  const profile = {
    defaultAction: "SCMP_ACT_ERRNO",
    archMap: [{ architecture: "SCMP_ARCH_X86_64" }],
    syscalls: [
      { names: ["read", "socketcall", "io_uring_setup", "socketpair", "keyctl"], action: "SCMP_ACT_ALLOW" },
      { names: ["socket"], action: "SCMP_ACT_ALLOW", args: [{ index: 0, value: 16, op: "SCMP_CMP_NE" }] },
      { names: ["bpf"], action: "SCMP_ACT_ALLOW", includes: { caps: ["CAP_BPF"] } },
    ],
  };
  const { syscalls, ...rest } = JSON.parse(namespacedSockets(JSON.stringify(profile))) as { syscalls: Rule[] };
  assert.equal(rest, { defaultAction: "SCMP_ACT_ERRNO", archMap: [{ architecture: "SCMP_ARCH_X86_64" }] });
  assert.equal(syscalls.slice(0, 2), [
    { names: ["read", "socketpair"], action: "SCMP_ACT_ALLOW" },
    { names: ["bpf"], action: "SCMP_ACT_ALLOW", includes: { caps: ["CAP_BPF"] } },
  ]);
  const families = syscalls.slice(2).map(({ names, action, errno = "", args = [] }) => {
    assert.equal(names, ["socket"]);
    return `${action}${errno} ${args.map(({ index, op, value }) => `${index} ${op} ${value}`).join(", ")}`;
  });
  const own = ["1", "2", "10"].map((family) => `SCMP_ACT_ALLOW 0 SCMP_CMP_EQ ${family}`);
  const netlink = ["SCMP_ACT_ALLOW 0 SCMP_CMP_EQ 16, 2 SCMP_CMP_NE 9"];
  // groupadd(8) ends where the audit log is refused in any other way.
  assert.equal(families, [...own, ...netlink, "SCMP_ACT_ERRNOEINVAL 0 SCMP_CMP_EQ 16, 2 SCMP_CMP_EQ 9"]);
});

test.run();
