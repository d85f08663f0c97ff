import { apt } from "../../src/packages/apt.js";
import { MANAGERS } from "../../src/packages/managers.js";
import { readOffers } from "../../src/packages/read-offers.js";
import { npm, pip } from "../support/managers.js";
import { assert, suite } from "../support/suite.js";

const test = suite("packages/offers");

const QUESTIONS = [
  { name: "jq", current: ["1.5", "1.6-2.1"] },
  { name: "gone", current: ["1"] },
];

/** As apt's script prints it. */
const APT = `current\tjq\t1.5\t
current\tjq\t1.6-2.1\t1.5 
current\tgone\t1\t
offered\tjq\t1.6-2.1+deb12u3\t1.5 1.6-2.1 
offered\tjq\t1.6-2.1\t1.5 
offered\tjq\t1.6-2.1\t1.5 
offered\tother\t9\t
`;

test("offers come in the manager's own order, each once; what was not asked about is left out", () => {
  const offers = readOffers(APT, QUESTIONS, apt);
  assert.equal([...offers.keys()], ["jq", "gone"]);
  assert.equal(offers.get("jq")?.offered, [
    { version: "1.6-2.1+deb12u3", newerThan: ["1.5", "1.6-2.1"] },
    { version: "1.6-2.1", newerThan: ["1.5"] },
  ]);
  assert.equal(offers.get("jq")?.current, [
    { version: "1.5", newerThan: [] },
    { version: "1.6-2.1", newerThan: ["1.5"] },
  ]);
  assert.equal([offers.get("gone")?.offered, offers.get("gone")?.problem], [[], undefined]);
});

test("a manager that does not know says why, at most so much", () => {
  const stdout = `problem\tgone\t${"x".repeat(1000)}\t\n`;
  assert.is(readOffers(stdout, QUESTIONS, pip).get("gone")?.problem, "x".repeat(300));
});

test("what the manager's rules do not allow as a version is not offered", () => {
  for (const version of ["1.*", "-1", "1;reboot", "git+https://example.org/x", "$(id)", "", " 1"]) {
    for (const syntax of MANAGERS)
      assert.equal(readOffers(`offered\tjq\t${version}\t\n`, QUESTIONS, syntax).get("jq")?.offered, [], version);
  }
});

test("names and versions reach the commands as data", () => {
  assert.is(apt.offers?.(QUESTIONS).at(-1), "jq 1.5 1.6-2.1\ngone 1");
  for (const manager of [pip, npm]) assert.equal(JSON.parse(manager.offers?.(QUESTIONS).at(-1) ?? ""), QUESTIONS);
});

test.run();
