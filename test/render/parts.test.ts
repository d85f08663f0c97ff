import type { RecipePackage } from "../../src/model/recipe.js";
import { MANAGERS } from "../../src/packages/managers.js";
import { guard, tooLong } from "../../src/render/guard.js";
import { contextDirectory, type RenderInput } from "../../src/render/prepare.js";
import { commandWords, dockerWord, execForm } from "../../src/render/quote.js";
import { render } from "../../src/render/render.js";
import { builtInTemplates } from "../../src/render/templates.js";
import { command, fakeSource, type ImageFields, image } from "../support/definitions.js";
import { loneNode } from "../support/expected-instructions.js";
import { assert, suite } from "../support/suite.js";

const test = suite("render/parts");

function input(fields: ImageFields, packages: readonly RecipePackage[] = []): RenderInput {
  const node = loneNode(image("a", fields));
  return { node, stages: [{ stage: node.stages[0], packages, artifacts: [] }] };
}

test("a word for ENV and LABEL", () => {
  assert.is(dockerWord(""), '""');
  assert.is(dockerWord("a b"), '"a b"');
  assert.is(dockerWord('"$HOME" \\n'), '"\\"\\$HOME\\" \\\\n"');
  assert.is(dockerWord("it's #1"), '"it\'s #1"');
});

test("the exec form keeps everything on one line", () => {
  assert.is(execForm(["a", 'b "c"\n\u2028\u2029\u0000']), '["a","b \\"c\\"\\n\\u2028\\u2029\\u0000"]');
});

test("shell form is given to /bin/sh", () => {
  assert.equal(commandWords(command("a && b"), undefined), ["/bin/sh", "-c", "a && b"]);
  assert.equal(commandWords(command("a"), ["/bin/bash", "-c"]), ["/bin/bash", "-c", "a"]);
  assert.equal(commandWords(command(["a", "b"]), ["/bin/bash"]), ["a", "b"]);
});

test("where an artifact lies in the build context", () => assert.is(contextDirectory(3), "artifacts/3"));

test("the guard says what, where, and what is allowed", () => {
  const [found, ...others] = guard(input({ env: { A: "1\r2" } }));
  assert.equal(others, []);
  assert.equal(
    [found?.code, found?.message, found?.excerpt],
    ["unsafe-value", 'the value "1\\r2" has characters that a Containerfile would act on', "/env/A"],
  );
  assert.match(found?.hint ?? "", /^allowed: \^/);
});

test("the guard finds everything that is wrong", () => {
  const bad: ImageFields = {
    user: "A!",
    workdir: "x",
    stopsignal: "-",
    ports: ["x"],
    volumes: ["y"],
    labels: { "a/b-": "1" },
  };
  assert.equal(
    guard(input(bad)).map(({ excerpt }) => excerpt),
    ["/labels", "/ports", "/volumes", "/run/user", "/run/workdir", "/run/stopsignal"],
  );
});

test("a NUL cannot be an argument of any program", () => {
  const fields: ImageFields = { entrypoint: ["a\u0000"], cmd: "a\u0000", setup: ["a\u0000", ["a\u0000"]] };
  assert.equal(
    guard(input(fields)).map(({ excerpt }) => excerpt),
    ["/setup/0", "/setup/1", "/run/entrypoint", "/run/cmd"],
  );
});

test("a line that Buildah would not read: it would drop it and all that follows", () => {
  const line = (bytes: number) => `ENV A="${"é".repeat((bytes - 8) / 2)}"`;
  const source = fakeSource("f");
  assert.equal(tooLong(`FROM scratch\n${line(65_534)}\n${" ".repeat(65_535)}\n`, source), []);
  const [found] = tooLong(`FROM scratch\n${line(65_536)}\nUSER a\n`, source);
  assert.equal([found?.code, found?.excerpt], ["too-long", "/env"]);
  assert.is(found?.message, "the line of the Containerfile has 65536 bytes, Buildah reads at most 65535");
  for (const [name, pointer] of [
    ["RUN", "/setup"],
    ["CMD", "/run/cmd"],
    ["FROM", ""],
  ] as const) {
    assert.equal(
      tooLong(`${name} ${"x".repeat(70_000)}`, source).map(({ excerpt }) => excerpt),
      [pointer],
    );
  }
  assert.not(render(input({ setup: ["x".repeat(66_000)], user: "app" }), builtInTemplates()).ok);
});

test("a package manager without a template is a bug", () => {
  const entry = { kind: "system", manager: "zypper", name: "a", approved: [], argument: "a" } as const;
  assert.throws(() => render(input({}, [entry]), builtInTemplates()), /no template for .* zypper/);
});

test("there is a template for every package manager", () => {
  assert.equal([...builtInTemplates().install.keys()].sort(), MANAGERS.map(({ name }) => name).sort());
});

test.run();
