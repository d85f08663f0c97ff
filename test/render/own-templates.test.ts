import { TextSource } from "../../src/load/yaml/text-source.js";
import type { OwnLanguage } from "../../src/model/language.js";
import { BUILT_IN_LANGUAGES } from "../../src/packages/built-in-languages.js";
import { shapeProblem } from "../../src/render/instruction-shape.js";
import { withOwnTemplates } from "../../src/render/own-templates.js";
import { builtInTemplates } from "../../src/render/templates.js";
import { fakeSource } from "../support/definitions.js";
import { assert, suite } from "../support/suite.js";

const test = suite("render/own-templates");

const FILE = "catalog/languages/own/install.hbs";

function language(text: string): OwnLanguage {
  const [pip] = BUILT_IN_LANGUAGES.filter(({ name }) => name === "pip") as [OwnLanguage];
  return {
    ...pip,
    name: "own",
    source: fakeSource("language.yaml"),
    template: { text, source: new TextSource(FILE, text) },
  };
}

/** `line:column message` of everything that is said about a template. */
async function said(text: string): Promise<string[]> {
  const { diagnostics } = await withOwnTemplates(builtInTemplates(), [language(text)]);
  assert.ok(diagnostics.every(({ code, file }) => code === "template" && file === FILE));
  return diagnostics.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

const first = async (text: string) => (await said(text))[0] ?? "";

test("a template is compiled as Slipway's own are", async () => {
  const text =
    "RUN {{prologue}} \\\n{{#each specs}}\n    '{{this}}' \\\n{{/each}}\n    {{#if manifest}}{{manifest.directory}}{{/if}};\n";
  const { templates, diagnostics } = await withOwnTemplates(builtInTemplates(), [language(text)]);
  assert.equal(diagnostics, []);
  const data = { prologue: "p;", specs: ["<a>", "b&c"], manifest: { directory: "/m" } };
  assert.is(templates.get("own")?.(data), "RUN p; \\\n    '<a>' \\\n    'b&c' \\\n    /m;\n");
  assert.ok(templates.has("pip"), "Slipway's own are still there");
});

test("without languages of a catalogue nothing is added", async () => {
  const templates = builtInTemplates();
  assert.is((await withOwnTemplates(templates, [])).templates, templates);
});

test("what is no valid template has a line, and no stack trace", async () => {
  const [problem = "", ...others] = await said("RUN a \\\n  {{#if specs}} \\\n  b\n");
  assert.equal(others, []);
  assert.match(problem, /^4:1 the template is not valid: Expecting /);
  assert.match(await first("RUN {{#if specs}}x{{/each}}"), /^1:1 the template is not valid: if doesn't match each/);
});

test("an unknown field, helper or partial is found at its place", async () => {
  assert.equal(await said("RUN a \\\n  {{name}}"), [
    "2:5 `name` is no field here; there are prologue, specs, manifest, manifest.directory",
  ]);
  assert.match(await first("RUN {{#each specs}}{{../prologue}}{{/each}}"), "1:22 `../prologue` is no field here");
  assert.match(await first("RUN {{constructor}}"), "`constructor` is no field");
  assert.match(await first("RUN {{lookup specs 0}}"), "1:5 a field takes no arguments");
  assert.match(await first("RUN {{#with manifest}}x{{/with}}"), "1:5 `with` is none of if, unless, each");
  assert.match(await first("RUN {{#each manifest}}x{{/each}}"), "1:5 `each` goes over `specs`");
});

test("nothing that could grow without bounds", async () => {
  assert.match(await first("RUN {{> other}}"), "1:5 partials and decorators are not allowed");
  const laughs = '{{#*inline "a"}}{{> b}}{{> b}}{{/inline}}{{#*inline "b"}}{{> a}}{{/inline}}RUN {{> a}}';
  assert.ok((await said(laughs)).every((text) => text.endsWith("partials and decorators are not allowed")));
  const nested = "RUN {{#each specs}}{{#each specs}}{{this}}{{/each}}{{/each}}";
  assert.ok((await said(nested)).includes("1:20 `each` stands within another one"));
});

test("whatever it is given, the result is one RUN instruction", async () => {
  const bad: Readonly<Record<string, string>> = {
    "RUN a\nUSER root": "a line but the last does not end with",
    "RUN --mount=type=bind,from=x,target=/y a": "does not begin with `RUN `",
    "USER root": "does not begin with `RUN `",
    "# escape=`\nRUN a": "does not begin with `RUN `",
    "RUN a \\\n\n  b": "a blank line or a comment",
    "RUN a \\\n  # b\n": "a blank line or a comment",
    "RUN cat <<EOF > /x; \\\n  b": "`<<`",
    "RUN a \\": "its last line goes on",
    "RUN a \r b": "a control character",
    "": "does not begin",
    "RUN {{#if specs}}a{{/if}}": "with 0 packages and a manifest it is not one RUN",
    "RUN a{{#each specs}}{{#if @first}}{{else}}{{#if @last}}{{else}}\nUSER root{{/if}}{{/if}}{{/each}}":
      "with 3 packages",
    "RUN a{{#if manifest}}\nUSER root{{/if}}": "packages and a manifest",
  };
  for (const [text, expected] of Object.entries(bad)) {
    const [problem, ...others] = await said(text);
    assert.match(problem ?? "nothing", expected, text);
    assert.equal(others, []);
  }
});

test("Slipway's own templates follow the same rules", () => {
  const manifest = { directory: "/usr/local/lib/manifests/a" };
  for (const [name, template] of builtInTemplates()) {
    for (const specs of [[], ["a"], ["a", "b"]]) {
      for (const given of [null, manifest]) {
        if (specs.length === 0 && given === null) continue;
        const text = template({ prologue: "p;", specs, manifest: given });
        assert.is(shapeProblem(text), undefined, `${name}: ${text}`);
        const wanted = given !== null && !["apt", "dnf", "tdnf", "apk"].includes(name);
        assert.is(text.includes(manifest.directory), wanted, name);
      }
    }
  }
});

test.run();
