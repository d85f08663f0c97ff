import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { manualPages } from "../../scripts/manual.js";
import { VERBS } from "../../src/commands/verbs.js";
import { assert, suite } from "../support/suite.js";

const test = suite("manual pages");

const MAN = new URL("../../man/", import.meta.url);
const written = (name: string) => readFileSync(new URL(name, MAN), "utf8");
const { version } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));

/** A page as a terminal shows it, without bold and underlined letters. */
function shown(name: string): string {
  const { stdout, stderr, status } = spawnSync(
    "groff",
    ["-ww", "-man", "-Tutf8", "-P-c", "-P-b", "-P-u", "-rLL=100n"],
    {
      input: written(name),
      encoding: "utf8",
    },
  );
  assert.is(stderr, "", name);
  assert.is(status, 0);
  return stdout;
}

test("the build has written one page for slipway and one a command", () => {
  const calls = VERBS.flatMap((verb) =>
    "verbs" in verb ? verb.verbs.map(({ usage }) => `${verb.name}-${usage.split(" ")[0]}`) : [verb.usage.split(" ")[0]],
  );
  assert.equal(readdirSync(MAN).sort(), ["slipway.1", ...calls.map((call) => `slipway-${call}.1`)].sort());
  for (const [name, page] of manualPages(version)) assert.fixture(written(name), page);
});

test("package.json names each of them, so that npm installs them", () => {
  const { man } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));
  assert.equal(
    man,
    readdirSync(MAN)
      .sort()
      .map((name) => `build/man/${name}`),
  );
});

test("groff has no warning about any of them", () => {
  for (const name of readdirSync(MAN)) assert.match(shown(name), new RegExp(`slipway ${version}`));
});

test("a page shows name, usage, options and examples as they are typed", () => {
  const page = shown("slipway-why.1");
  assert.match(
    page,
    /^NAME\n +slipway-why - explain why an image would, or would not, be rebuilt, or why it failed\n/m,
  );
  assert.match(page, /^SYNOPSIS\n +slipway why \[options\] <image>\n/m);
  assert.match(page, /^ +--tls-verify <bool>\n +false: accept any certificate, or none \(default: true\)\n/m);
  assert.match(page, /^EXAMPLES\n +slipway why python3-web\n +against the registry\n/m);
  assert.match(shown("slipway-completion.1"), /^ +eval "\$\(slipway completion bash\)"\n/m);
  assert.match(
    shown("slipway.1"),
    /^ +slipway-policy-test\(1\)\n +check the policies against the cases in policies\/tests\n/m,
  );
});

test.run();
