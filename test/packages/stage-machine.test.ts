import type { LockManager } from "../../src/model/lock.js";
import { MANAGERS } from "../../src/packages/managers.js";
import type { PackageManager } from "../../src/packages/package-manager.js";
import { stageMachine } from "../../src/packages/stage-machine.js";
import { assert, suite } from "../support/suite.js";

const test = suite("packages/stage-machine");

function machine(
  managers: readonly LockManager[],
  env: Readonly<Record<string, string>> = {},
  others: readonly PackageManager[] = [],
) {
  const own = { mount: "/m/0", cache: "/m/cache", repositories: "/m/packages/0", runId: "r" };
  const made = stageMachine(MANAGERS, { ...own, managers, others, env, config: { gemrc: ":sources: [https://g]\n" } });
  return { ...made, text: (path: string) => made.files.find((file) => file.path === path)?.text };
}

test("each manager is told of its own repository alone", () => {
  const { env, text } = machine(["apt", "dnf", "pip", "npm"]);
  assert.is(text("sources.list"), "deb [trusted=yes] file:/m/packages/0/apt ./\n");
  assert.match(text("apt.conf") ?? "", /Dir::Etc::sourceparts "\/nonexistent"/);
  assert.match(text("yum.repos.d/machine.repo") ?? "", /^baseurl=file:\/\/\/m\/packages\/0\/dnf$/m);
  assert.is(env.SLIPWAY_REPOS, "/m/0/yum.repos.d");
  assert.is(env.PIP_NO_INDEX, "1");
  assert.is(env.PIP_FIND_LINKS, "/m/packages/0/pip");
  assert.is(env.PIP_CONFIG_FILE, "/dev/null");
  assert.is(text("bin/npm"), '#!/bin/sh\nexec node /m/0/npm-registry.js /m/packages/0/npm /m/0/bin "$@"\n');
  assert.is(text("bin/apt-get"), undefined);
});

test("a manager that the closure has nothing of finds nothing", () => {
  const { env, text } = machine([]);
  assert.match(text("sources.list") ?? "", /^#.*\n$/);
  assert.match(text("yum.repos.d/machine.repo") ?? "", /^#.*\n$/);
  assert.is(env.PIP_NO_INDEX, "1");
  assert.is(env.PIP_FIND_LINKS, undefined);
  assert.is(text("bin/npm"), undefined);
});

test("of this machine's settings proxies pass, for `setup`, and nothing that says where packages are", () => {
  const own = { https_proxy: "http://p", PIP_INDEX_URL: "https://i", npm_config_registry: "https://r" };
  const { env } = machine(["pip"], own);
  assert.is(env.https_proxy, "http://p");
  assert.is(env.PIP_INDEX_URL, undefined);
  assert.is(env.npm_config_registry, undefined);
});

test("apt reads the settings of the base image, and none of those of the image in between", () => {
  const own = { mount: "/m/0", cache: "/m/cache", repositories: "/m/packages/0", runId: "r", env: {}, config: {} };
  const aptSettings = new Map([["70debconf", "its text"]]);
  const { files } = stageMachine(MANAGERS, { ...own, managers: ["apt"], others: [], aptSettings });
  const text = (path: string) => files.find((file) => file.path === path)?.text ?? "";
  assert.match(text("apt.conf"), /Dir::Etc::main "\/nonexistent";\nDir::Etc::parts "\/m\/0\/apt\.conf\.d";\n$/);
  assert.is(text("apt.conf.d/70debconf"), "its text");
  assert.not.match(machine(["apt"]).text("apt.conf") ?? "", /Dir::Etc::parts/);
});

test("a manager that cannot be locked gets this machine's settings where the stage has it, and only there", () => {
  const gem = MANAGERS.find(({ name }) => name === "gem") as PackageManager;
  const env = { BUNDLE_MIRROR__ALL: "https://b", PIP_INDEX_URL: "https://i" };
  assert.is(machine(["apt"], env).text("gemrc"), undefined);
  const made = machine(["apt"], env, [gem]);
  assert.match(made.text("gemrc") ?? "", /https:\/\/g/);
  assert.is(made.env.BUNDLE_MIRROR__ALL, "https://b");
  assert.is(made.env.PIP_INDEX_URL, undefined);
});

test.run();
