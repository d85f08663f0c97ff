import { execFile } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { npmOffers } from "../../src/packages/npm-offers.js";
import { startNpmRegistry } from "../support/npm-registry.js";
import { removeTree } from "../support/remove-tree.js";
import { assert, suite } from "../support/suite.js";

const test = suite("integration/npm-offers");
const execute = promisify(execFile);

test("npm offers releases in its own order; a package that nobody publishes has no offer, a registry that is down is a problem", async () => {
  const registry = await startNpmRegistry([
    ["pair", "1.10.0"],
    ["pair", "1.9.0"],
    ["pair", "2.0.0-rc.1"],
  ]);
  const offers = async () => {
    const [program = "", ...args] = npmOffers([
      { name: "pair", current: ["1.9.0", "1.9.1"] },
      { name: "gone", current: ["1.0.0"] },
    ]);
    // npm answers from its cache while a registry is down.
    const cache = await mkdtemp(join(tmpdir(), "npm-cache-"));
    const settings = {
      npm_config_registry: `${registry.url}/`,
      npm_config_fetch_retries: "0",
      npm_config_cache: cache,
    };
    const { stdout } = await execute(program, args, { env: { ...process.env, ...settings } });
    await removeTree(cache);
    return stdout.split("\n").slice(0, -1);
  };
  try {
    assert.equal(await offers(), [
      "current\tpair\t1.9.0\t",
      "current\tpair\t1.9.1\t1.9.0",
      "offered\tpair\t1.10.0\t1.9.0 1.9.1",
      "offered\tpair\t1.9.0\t",
      "current\tgone\t1.0.0\t",
    ]);
  } finally {
    await registry.stop();
  }
  const down = (await offers()).filter((line) => line.startsWith("problem\tpair\t"));
  assert.match(down.join("\n"), /^problem\tpair\t.*ECONNREFUSED/);
});

test.run();
