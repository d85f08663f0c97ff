import fc from "fast-check";
import { ATTACKS } from "../support/attacks.js";
import { parseContainerfile } from "../support/containerfile.js";
import { command as asCommand, catalogue, type ImageFields, image } from "../support/definitions.js";
import { renderNode } from "../support/desired.js";
import { comparable, expectedInstructions, loneNode } from "../support/expected-instructions.js";
import { assert, suite } from "../support/suite.js";

const test = suite("render/render");

const RUNS = 500;

/** Every code point, lone surrogates among them. fast-check has one of its own, which takes a second to prepare. */
const anyString = fc
  .array(fc.oneof(fc.nat(0x7f), fc.nat(0xffff), fc.nat(0x10ffff)), { maxLength: 12 })
  .map((codes) => String.fromCodePoint(...codes));

/** Any text, made of pieces that mean something to a shell or a Containerfile more often than chance would have it. */
const odd = fc.oneof(
  anyString,
  fc
    .array(fc.constantFrom(...Object.values(ATTACKS).filter(({ length }) => length < 100), "a", " ", "=", "\\"), {
      maxLength: 4,
    })
    .map((parts) => parts.join("")),
);
/** Mostly sound, so that a whole definition has a chance to be rendered. */
const mostly = (...sound: string[]) =>
  fc.oneof({ weight: 30, arbitrary: fc.constantFrom(...sound) }, { weight: 1, arbitrary: odd });
/** Text that is only quoted, never refused for what it says: as odd as it can be. */
const text = fc.oneof(odd, anyString, fc.string(), fc.constantFrom("", "0", "a b", "$HOME", '"', "'", "\\", "#"));
const line = text.map((value) => value.replace(/(?![\n\t])[\p{Cc}\p{Cs}\u2028\u2029]/gu, ""));
const command = fc.oneof(text, fc.array(text, { minLength: 1, maxLength: 3 }));
const path = mostly("/", "/srv", "/srv/my data", "/a/b/", "/x=1,y:2@z~w%", "/...");

const fields: fc.Arbitrary<ImageFields> = fc.record(
  {
    parent: mostly("base", "a.b__c--d"),
    env: fc.dictionary(mostly("A", "_b", "C9"), line, { maxKeys: 3 }),
    labels: fc.dictionary(mostly("a", "org.example/x.y_z-1"), line, { maxKeys: 3 }),
    ports: fc.array(mostly("80/tcp", "53/udp"), { maxLength: 2 }),
    volumes: fc.array(path, { maxLength: 2 }),
    setup: fc.array(command, { maxLength: 2 }),
    system: fc.uniqueArray(mostly("curl", "g++", "libc6"), { maxLength: 2 }),
    runtime: fc.uniqueArray(mostly("flask", "Ruamel.yaml"), { maxLength: 2 }),
    artifacts: fc.array(
      fc.record({ path: fc.constant("f"), target: mostly("/srv/", "/a b/"), owner: mostly("app", "1:2") }),
      { maxLength: 2 },
    ),
    user: mostly("app", "root", "0:0", "10:app"),
    workdir: path,
    entrypoint: command,
    cmd: command,
    stopsignal: mostly("SIGTERM", "9", "SIGRTMIN+3"),
    shell: fc.array(text, { minLength: 1, maxLength: 3 }),
    healthcheck: fc.oneof(
      fc.constant({ type: "none" } as const),
      fc.record(
        {
          type: fc.constant("command" as const),
          command: command.map(asCommand),
          retries: fc.integer({ min: 1, max: 9 }),
        },
        { requiredKeys: ["type", "command"] },
      ),
    ),
  },
  { requiredKeys: [] },
);

test("whatever the values, they are refused, or are in the Containerfile exactly as they were given", () => {
  let rendered = 0;
  const property = fc.property(fields, mostly("app", "root", "0"), (given, inherited) => {
    const definition = image("a", given);
    const names = [...definition.systemPackages, ...definition.runtimePackages].map(({ name }) => [name, []]);
    const lists = Object.fromEntries(names);
    const all = catalogue([definition], { system: { debian: lists }, runtime: { python3: lists } });
    const result = renderNode(loneNode(definition, inherited), all);
    if (!result.ok) return result.diagnostics.length > 0;
    rendered += 1;
    const found = comparable(parseContainerfile(result.recipe.containerfile.text));
    assert.equal(found, expectedInstructions(definition, result.recipe, inherited));
    return true;
  });
  fc.assert(property, { numRuns: RUNS, seed: 1 });
  assert.ok(rendered > RUNS / 3, `only ${rendered} of ${RUNS} definitions were rendered`);
});

test.run();
