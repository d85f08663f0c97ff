import type { ImageName } from "../../src/model/names.js";
import { RegistryError } from "../../src/model/registry.js";
import { openRegistry, tagReference } from "../../src/registry/open.js";
import { assert, suite } from "../support/suite.js";

const test = suite("open registry");
const options = { tlsVerify: true, cwd: "/nowhere/at all", buildah: async () => "", env: {} };
const name = "base" as ImageName;
const referenceOf = (registry: string, tlsVerify = true) =>
  openRegistry(registry, { ...options, tlsVerify }).reference(name, "1.0");

test("a directory starts at the catalogue", () => {
  assert.is(referenceOf("oci:.slipway/registry").reference, "oci:/nowhere/at all/.slipway/registry:base:1.0");
  assert.is(referenceOf("oci:/elsewhere").reference, "oci:/elsewhere:base:1.0");
});

test("a server, a port, a prefix", () => {
  assert.is(referenceOf("docker://registry.example").reference, "docker://registry.example/base:1.0");
  assert.is(referenceOf("docker://localhost:5000/").reference, "docker://localhost:5000/base:1.0");
  assert.is(referenceOf("docker://[::1]:5000/team/my__x").reference, "docker://[::1]:5000/team/my__x/base:1.0");
  assert.equal(referenceOf("docker://r.example").options, []);
  assert.equal(referenceOf("docker://r.example", false).options, ["--tls-verify=false"]);
});

test("people name a tag as the tools that pull do", () => {
  assert.is(tagReference("oci:.slipway/registry", "/cat", "base:1.0"), "oci:/cat/.slipway/registry:base:1.0");
  assert.is(tagReference("docker://r.example:5000/team/", "/cat", "base:1.0"), "r.example:5000/team/base:1.0");
  assert.is(tagReference("docker://r.example", "/cat", "base:1.0"), "r.example/base:1.0");
});

test("anything else is refused with what to write instead", () => {
  for (const [reference, why] of [
    ["", /names no registry/],
    ["registry.example/team", /names no registry/],
    ["https://registry.example", /names no registry/],
    ["oci:", /names no directory/],
    ["oci:/a:b", /":" in its path/],
    ["docker://", /names no host/],
    ["docker://-x/y", /names no host/],
    ["docker:///team", /names no host/],
    ["docker://registry.example/Team", /"Team"/],
    ["docker://registry.example/team:latest", /"team:latest"/],
    ["docker://registry.example//team", /""/],
    ["docker://registry.example/../x", /"\.\."/],
    ["docker://me:hunter2@registry.example", /without credentials/],
  ] as const) {
    try {
      openRegistry(reference, options);
      assert.unreachable(reference);
    } catch (error) {
      assert.instance(error, RegistryError, `${reference}: ${error}`);
      assert.match((error as Error).message, why);
      assert.not.match((error as Error).message, /hunter2/);
    }
  }
});

test.run();
