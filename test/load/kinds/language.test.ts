import { patternProblem } from "../../../src/load/kinds/limited-pattern.js";
import { assert, suite } from "../../support/suite.js";
import { loadFiles, removeTemporary } from "../temporary-catalogue.js";

const test = suite("load/kinds/language");
test.after(removeTemporary);

const YAML = `kind: Language
name: cpanm
scopes: [perl]
names:
  patterns: ["^[A-Z][A-Za-z0-9-]*$"]
versions:
  patterns: ["^[0-9][0-9._]*$"]
spec: { any: "{name}", exact: "{name}@{version}", pattern: "{name}@{version}" }
list:
  command: [cpan, -l]
machine:
  environment: { PERL_CPANM_HOME: "{mount}/cpanm" }
`;
const TEMPLATE = "RUN {{prologue}} cpanm{{#each specs}} '{{this}}'{{/each}}\n";
const FILE = "catalog/languages/perl/language.yaml";
const FILES = { [FILE]: YAML, "catalog/languages/perl/install.hbs": TEMPLATE };

/** What is said of a changed language.yaml: `line:column code: message`. */
async function said(from: string | RegExp, to: string): Promise<string[]> {
  const changed = YAML.replace(from, to);
  assert.is.not(changed, YAML, "the replacement must find something");
  const { diagnostics } = await loadFiles({ ...FILES, [FILE]: changed });
  return diagnostics.map(({ line, column, code, message }) => `${line}:${column} ${code}: ${message}`);
}

test("a folder with language.yaml and install.hbs is a language", async () => {
  const { catalogue, diagnostics } = await loadFiles(FILES);
  assert.equal(diagnostics, []);
  const [language] = catalogue.languages;
  assert.equal([language?.name, language?.scopes, language?.template.text], ["cpanm", ["perl"], TEMPLATE]);
  assert.equal(language?.names, { patterns: ["^[A-Z][A-Za-z0-9-]*$"], normalise: "none" });
  assert.equal(language?.list, { command: ["cpan", "-l"], output: "tsv" });
  assert.equal(language?.machine.environment, { PERL_CPANM_HOME: "{mount}/cpanm" });
  assert.is(language?.template.source.at("/1/5").excerpt, TEMPLATE.trimEnd());
});

test("one of the two alone is no language; other YAML there was surely meant to be read", async () => {
  const alone = async (...paths: string[]) => {
    const files = paths.map((path) => [`catalog/languages/${path}`, path.endsWith(".hbs") ? TEMPLATE : YAML]);
    const { catalogue, diagnostics } = await loadFiles(Object.fromEntries(files));
    assert.equal(catalogue.languages, []);
    return diagnostics.map(
      ({ file, severity, code }) => `${file.slice("catalog/languages/".length)} ${severity} ${code}`,
    );
  };
  assert.equal(await alone("perl/language.yaml"), ["perl/language.yaml error language-template"]);
  assert.equal(await alone("perl/install.hbs"), ["perl/install.hbs warning ignored-file"]);
  assert.equal(await alone("perl/lang.yaml", "perl.yaml"), [
    "perl.yaml warning ignored-file",
    "perl/lang.yaml warning ignored-file",
  ]);
});

test("a mistake is reported at its place", async () => {
  assert.equal(await said("list:", "lists:"), ["9:1 unknown-key: unknown key `lists`"]);
  assert.equal(await said("scopes: [perl]\n", ""), ["1:1 missing-key: `scopes` is missing"]);
  const [output = ""] = await said("command: [cpan, -l]", "command: [cpan]\n  output: csv");
  assert.match(output, /^11:11 invalid-value: `list.output` must be /);
});

test("placeholders of a specification: the name has to be there, unknown ones not", async () => {
  assert.equal(await said('any: "{name}"', 'any: "x"'), ["8:14 language-spec: `x`: `{name}` is missing"]);
  assert.equal(await said('exact: "{name}@{version}"', 'exact: "{name}"'), [
    "8:31 language-spec: `{name}`: `{version}` is missing",
  ]);
  const [unknown = ""] = await said('any: "{name}"', 'any: "{name}{version}"');
  assert.match(unknown, "`{version}` is not a placeholder");
  const [shell = ""] = await said('any: "{name}"', 'any: "{name}\'; id"');
  assert.match(shell, "8:14 invalid-value: ");
});

test("patterns: a row of characters and classes, anchored", () => {
  for (const pattern of [
    "^a$",
    "^[a-z0-9][a-z0-9._-]*$",
    "^v[0-9]{1,3}\\.[0-9]+$",
    "^@[a-z]+/[a-z]+$",
    "^a?b{3}$",
    "^[+-]$",
  ])
    assert.is(patternProblem(pattern), undefined, pattern);
});

test("patterns that are not anchored or could run for long are refused", async () => {
  const bad = [
    "a",
    "^a",
    "a$",
    "^(a+)+$",
    "^(?:a|a)*$",
    "^a*a*a*a*$",
    "^a{1,2}b?c*d+$",
    "^[^a]$",
    "^.*$",
    "^a|b$",
    "^[z-a]$",
  ];
  for (const pattern of [
    ...bad,
    "^a{9,1}$",
    "^\\w+$",
    "^\\1$",
    "^a**$",
    "^$",
    "^(?=a)$",
    "^[a$",
    "^a\\$",
    "^*$",
    "^[\\s]$",
    "^a{1000}$",
  ])
    assert.type(patternProblem(pattern), "string", pattern);
  const [nested = ""] = await said("[A-Z][A-Za-z0-9-]*", "([A-Z]+)+");
  assert.match(nested, "5:14 language-pattern: the pattern `^([A-Z]+)+$` is not accepted: what stands at character 2");
});

test("settings of the machine: no way out of its directory, no variable that finds programs", async () => {
  for (const value of ["/etc", "{mount}/../x", "{mount}/bin", "{mount}/env", "{mount}", "{mount}/a/..", "-x"]) {
    const [found = "", ...others] = await said('"{mount}/cpanm"', JSON.stringify(value));
    assert.match(found, /^12:\d+ invalid-value: /, value);
    assert.equal(others, []);
  }
  for (const name of ["PATH", "LD_PRELOAD", "BASH_ENV", "HOME", "a-b"])
    assert.match((await said("PERL_CPANM_HOME", name)).join(), /^12:\d+ invalid-value: the key /, name);
});

test("two languages of one name, or for one scope", async () => {
  const second = (text: string) => ({
    ...FILES,
    "catalog/languages/zz/language.yaml": text,
    "catalog/languages/zz/install.hbs": TEMPLATE,
  });
  const codes = async (text: string) =>
    (await loadFiles(second(text))).diagnostics.map(
      ({ code, file, line, column }) => `${code} ${file} ${line}:${column}`,
    );
  assert.equal(await codes(YAML.replace("[perl]", "[raku]")), [
    "duplicate-language catalog/languages/zz/language.yaml 2:7",
  ]);
  assert.equal(await codes(YAML.replace("cpanm", "other")), [
    "duplicate-language catalog/languages/zz/language.yaml 3:10",
  ]);
  assert.equal(await codes(YAML.replace("name: cpanm", "name: other").replace("[perl]", "[raku]")), []);
});

test("a template above its limit is not read", async () => {
  const { diagnostics } = await loadFiles({ ...FILES, "catalog/languages/perl/install.hbs": "x".repeat(65_537) });
  assert.equal(
    diagnostics.map(({ file, code }) => `${file} ${code}`),
    ["catalog/languages/perl/install.hbs file-too-large", "catalog/languages/perl/language.yaml language-template"],
  );
});

test.run();
