import { bootstrapArguments, bootstrapCommand } from "../../src/model/bootstrap.js";
import { assert, suite } from "../support/suite.js";

const test = suite("model/bootstrap");

const SPEC = { manager: "apt", suite: "bookworm", variant: "apt", packages: ["tzdata", "adduser"] } as const;

test("the arguments of a bootstrap end with its packages in order and its suite", () => {
  assert.equal(bootstrapArguments(SPEC).slice(-2), ["--include=adduser,tzdata", "bookworm"]);
  assert.ok(bootstrapArguments(SPEC).includes("--variant=apt"));
});

test("without packages there is nothing to include", () => {
  assert.not(
    bootstrapArguments({ ...SPEC, packages: [] })
      .join(" ")
      .includes("--include"),
  );
});

test("dnf: all that the definition says, in one order", () => {
  const repositories = [
    { name: "a", url: "https://a.example/$releasever/" },
    { name: "b", url: "https://b.example/", gpgkey: "https://b.example/KEY" },
  ];
  assert.is(
    bootstrapCommand({ manager: "dnf", repositories, releasever: "5.0", packages: ["tdnf", "bash"] }),
    "dnf --installroot=rootfs --releasever=5.0 --repofrompath=a,https://a.example/$releasever/ --repofrompath=b,https://b.example/ --setopt=b.gpgkey=https://b.example/KEY install bash tdnf",
  );
});

test.run();
