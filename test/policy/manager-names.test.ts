import type { OwnLanguage } from "../../src/model/language.js";
import { BUILT_IN_LANGUAGES } from "../../src/packages/built-in-languages.js";
import { MANAGERS, managerFor } from "../../src/packages/managers.js";
import { managerNameProblems } from "../../src/policy/manager-names.js";
import { fakeSource } from "../support/definitions.js";
import { pip } from "../support/managers.js";
import { assert, suite } from "../support/suite.js";

const test = suite("policy/manager-names");

const TAKEN = MANAGERS.map(({ name }) => name);
const [BUILT_IN] = BUILT_IN_LANGUAGES.filter(({ name }) => name === "pip") as [OwnLanguage];
const named = (name: string): OwnLanguage => ({ ...BUILT_IN, name, source: fakeSource("language.yaml") });

const saying = (languages: readonly OwnLanguage[]) => ({ languages, systemLists: new Map() });

test("a catalogue may do a language in its own way, under another name", () => {
  assert.equal(managerNameProblems([named("conda")], TAKEN), []);
  const conda = managerFor("runtime", "python3", saying([named("conda")]));
  assert.is(conda?.name, "conda");
  assert.is(managerFor("runtime", "python3"), pip);
  assert.is(managerFor("runtime", "nodejs", saying([named("conda")]))?.name, "npm");
});

test("names of Slipway's own are taken, those of operating systems among them", () => {
  for (const name of ["pip", "apt"]) {
    const [problem] = managerNameProblems([named(name)], TAKEN);
    assert.equal([problem?.code, problem?.excerpt], ["manager-name", "/name"]);
  }
});

test("one language makes one manager, however often it is asked for", () => {
  const languages = saying([named("conda")]);
  assert.is(managerFor("runtime", "python3", languages), managerFor("runtime", "python3", languages));
});

test.run();
