import type { Platform } from "../../src/model/names.js";
import { foreignPlatform } from "../../src/run/platform.js";
import { assert, suite } from "../support/suite.js";

const test = suite("run/platform");

const on = (machine: string, platform: string, emulators: readonly string[] = []) =>
  foreignPlatform(platform as Platform, machine, (path) => emulators.some((name) => path.endsWith(`/qemu-${name}`)));

test("the machine's own platform is nothing special", () => {
  assert.is(on("amd64", "linux/amd64"), undefined);
  assert.is(on("arm64", "linux/arm64/v8"), undefined);
});

test("another one needs an emulator to run programs, and says which package has it", () => {
  const found = on("amd64", "linux/arm64");
  assert.equal([found?.platform, found?.debian], ["linux/arm64", "arm64"]);
  assert.match(found?.problem ?? "", /^programs of linux\/arm64 cannot be run on this machine: .* qemu-user-static/);
  assert.is(on("amd64", "linux/arm64", ["aarch64"])?.problem, undefined);
  assert.match(on("amd64", "linux/arm64", ["arm"])?.problem ?? "", /cannot be run/);
});

test("architectures have other names at Debian; what is unknown has none", () => {
  assert.equal(
    ["linux/386", "linux/arm/v7", "linux/ppc64le", "linux/loong64"].map((platform) => on("amd64", platform)?.debian),
    ["i386", "armhf", "ppc64el", undefined],
  );
});

test.run();
