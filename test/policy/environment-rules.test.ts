import { type MemoryFiles, problemsOf } from "../support/memory-tree.js";
import { assert, suite } from "../support/suite.js";

const test = suite("policy/environment-rules");

const BASE = "kind: BaseImage\nname: base\nversion: 1\nfrom: scratch\nos: debian\n";
const APP = "name: app\nversion: 1\nparent: base\n";

/** `[warning] file:line:column code: message` of a catalogue with this image on a base image. */
async function problems(app: string, more: MemoryFiles = {}): Promise<string[]> {
  const files = { "images/base/image.yaml": BASE, "images/app/image.yaml": APP + app, ...more };
  return (await problemsOf(files)).map((text) => text.replace(/ \| .*/, ""));
}

const at = (line: number, column: number) => `images/app/image.yaml:${line}:${column} dangerous-env`;

test("in an image and its stages, in both forms of env", async () => {
  assert.equal(await problems("env: { A: b, LD_PRELOAD: /x.so }\n"), [
    `${at(4, 26)}: the variable \`LD_PRELOAD\` makes programs load other libraries`,
  ]);
  assert.equal(await problems("env:\n  - { name: NODE_OPTIONS, value: --require=/x }\n"), [
    `${at(5, 13)}: the variable \`NODE_OPTIONS\` makes Node.js load something else`,
  ]);
  assert.equal(await problems("stages: [{ name: s, parent: base, env: { GOPROXY: direct } }]\n"), [
    `${at(4, 51)}: the variable \`GOPROXY\` changes what Go fetches, checks or runs`,
  ]);
  assert.equal(await problems("env: { PATH: .:/bin }\n"), [
    `${at(4, 14)}: the variable \`PATH\` has the entry \`.\`, which means another directory wherever a program is started`,
  ]);
});

test("by way of a matrix", async () => {
  const text = `name: app-\${{ matrix.tool }}
version: 1
parent: base
matrix: { tool: [a, b] }
env: [{ name: A, value: b }, { name: "PIP_\${{ matrix.tool }}", value: x }]
`;
  const found = await problemsOf({ "images/base/image.yaml": BASE, "images/app/image.yaml": text });
  const where = `${at(5, 38)}: the variable`;
  const does = "is a setting of a package manager";
  assert.equal(
    found.map((problem) => problem.replace(/ \| .*/, "")),
    [`${where} \`PIP_a\` ${does}`, `${where} \`PIP_b\` ${does}`],
  );
});

test("what belongs to administrators may set it: base images, modules, defaults", async () => {
  const env = "env: { BASH_ENV: /etc/environment }\n";
  assert.equal(
    await problems("modules: [m]\n", {
      "images/base/image.yaml": BASE + env,
      "catalog/modules/m/module.yaml": `name: m\nversion: 1\n${env}`,
      "slipway.yaml": `defaults: { ${env.trim()} }\n`,
    }),
    [],
  );
});

test("an exception waives it", async () => {
  const exceptions = 'exceptions: [{ rule: dangerous-env, image: app, owner: "@a", reason: b, expires: 2026-12-31 }]\n';
  assert.equal(await problems("env: { PYTHONPATH: /app }\n", { "policies/exceptions.yaml": exceptions }), []);
});

test("commands that set it are warned of; a shell sets it for all that derives from the image", async () => {
  const run = (text: string) => problems(`run: { ${text} }\n`);
  const found = [
    `warning ${at(4, 20)}: the command sets the variable \`LD_PRELOAD\`, which makes programs load other libraries`,
  ];
  assert.equal(await run("entrypoint: [env, LD_PRELOAD=/x.so, app]"), found);
  assert.equal(await run('entrypoint: [sh, -c, "cd /; export LD_PRELOAD=/x.so; app"]'), found);
  assert.equal(await run('entrypoint: "LD_PRELOAD=/x.so app"'), found);
  assert.is((await run("cmd: [env, PIP_INDEX_URL=http://x, pip]")).length, 1);
  assert.is((await run("healthcheck: { command: \"NODE_OPTIONS='--require /x' node a\" }")).length, 1);
  assert.equal(await run('cmd: [app, --jvm=-Dhttp_proxy=x, "-eLD_PRELOAD=x", PORT=1]'), []);
  assert.equal(await run('cmd: "PATH=/app/bin:$PATH app"'), []);
  assert.equal(await run("shell: [/usr/bin/env, BASH_ENV=/x, /bin/bash, -c]"), [
    `${at(4, 15)}: the shell sets the variable \`BASH_ENV\`, which makes shells and other tools run something else`,
  ]);
});

test.run();
