import type { RequiredApproval, Review } from "../../src/model/gate.js";
import { type ReviewApprovalsInput, reviewApprovals } from "../../src/policy/review-approvals.js";
import { owners } from "../support/definitions.js";
import { assert, suite } from "../support/suite.js";

const test = suite("policy/review-approvals");

const HEAD = "b".repeat(40);
const OLD = "a".repeat(40);
const REQUIRED: RequiredApproval = {
  kind: "image",
  paths: ["images/a/image.yaml"],
  role: "privileged-developer",
  ...owners("@acme/devs", "@acme/admins", "Carol"),
};
const MEMBERS = new Map([
  ["acme/devs", new Set(["Dave", "erin"])],
  ["acme/admins", new Set(["alice"])],
  ["acme/functions", new Set(["fred", "erin"])],
]);

/** Reviews such as `dave APPROVED`, one a minute, of the head. */
function reviews(...texts: readonly string[]): Review[] {
  return texts.map((text, index) => {
    const [user = "", state = "", commit = HEAD] = text.split(" ");
    const submitted = `2026-06-01T10:${String(index).padStart(2, "0")}:00Z`;
    return { user, state: state as Review["state"], commit, submitted };
  });
}

/** Who approved, then `user: why` of the approvals that do not count. */
function state(given: readonly Review[], fields: Partial<ReviewApprovalsInput> = {}): (string | null)[] {
  const [found] = reviewApprovals({
    required: [REQUIRED],
    reviews: given,
    author: "frank",
    head: HEAD,
    members: MEMBERS,
    ...fields,
  });
  return [found?.by ?? null, ...(found?.ignored ?? []).map(({ user, why }) => `${user}: ${why}`)];
}

test("an owner approves: as a user, as a member of a team, in any letter case", () => {
  assert.equal(state(reviews("carol APPROVED")), ["carol"]);
  assert.equal(state(reviews("dave APPROVED")), ["dave"]);
  assert.equal(state(reviews("ALICE APPROVED")), ["ALICE"]);
  assert.equal(state(reviews("erin APPROVED"), { functionDevelopers: owners("@acme/functions") }), ["erin"]);
  assert.equal(state([]), [null]);
});

test("each required approval by itself", () => {
  const administrators = { ...REQUIRED, ...owners("@acme/admins") };
  const states = reviewApprovals({
    required: [administrators, REQUIRED],
    reviews: reviews("dave APPROVED"),
    author: "frank",
    head: HEAD,
    members: MEMBERS,
  });
  assert.equal(
    states.map(({ required, by }) => [required.teams.length, by]),
    [
      [1, null],
      [2, "dave"],
    ],
  );
});

test("the latest review of a person counts, in whatever order they come; a comment takes nothing back", () => {
  assert.equal(state(reviews("dave APPROVED", "dave COMMENTED", "dave PENDING")), ["dave"]);
  assert.equal(state(reviews("dave APPROVED", "Dave DISMISSED")), [null]);
  assert.equal(state(reviews("dave CHANGES_REQUESTED", "dave APPROVED")), ["dave"]);
  assert.equal(state(reviews("dave CHANGES_REQUESTED", "dave APPROVED").reverse()), ["dave"]);
  assert.equal(state(reviews("dave APPROVED", "dave CHANGES_REQUESTED")), [null, "dave: asks for changes"]);
  assert.equal(state(reviews("dave CHANGES_REQUESTED", "dave DISMISSED")), [null]);
});

test("never the author's own, never a bot's, never one of another commit", () => {
  assert.equal(state(reviews("Carol APPROVED"), { author: "carol" }), [null, "Carol: is the author"]);
  const bots = new Map([...MEMBERS, ["acme/devs", new Set(["robot[bot]"])]]);
  assert.equal(state(reviews("robot[bot] APPROVED"), { members: bots }), [null, "robot[bot]: is a bot"]);
  assert.equal(state(reviews(`dave APPROVED ${OLD}`)), [null, "dave: approved aaaaaaaaaaaa, not the newest commit"]);
  assert.equal(state(reviews("dave APPROVED", `alice APPROVED ${OLD}`)), [
    "dave",
    "alice: approved aaaaaaaaaaaa, not the newest commit",
  ]);
});

test("who is no owner is told why", () => {
  assert.equal(state(reviews("zoe APPROVED")), [null, "zoe: is not a member of @acme/devs or @acme/admins"]);
  assert.equal(state(reviews("fred APPROVED"), { functionDevelopers: owners("@acme/functions") }), [
    null,
    "fred: is a function developer, whose approvals never count, and is not a member of @acme/devs or @acme/admins",
  ]);
  const people = { ...REQUIRED, ...owners("carol") };
  assert.equal(state(reviews("zoe APPROVED"), { required: [people] }), [null, "zoe: is not an owner of it"]);
});

test("an owner who asks for changes blocks, at whichever commit; nobody else does", () => {
  assert.equal(state(reviews(`dave CHANGES_REQUESTED ${OLD}`, "alice APPROVED")), [
    null,
    "dave: asks for changes",
    "alice: does not suffice while dave asks for changes",
  ]);
  assert.equal(state(reviews("zoe CHANGES_REQUESTED", "alice APPROVED")), ["alice"]);
  assert.equal(state(reviews("carol CHANGES_REQUESTED", "alice APPROVED"), { author: "carol" }), ["alice"]);
});

test("a team that could not be read makes nobody an owner", () => {
  for (const members of [new Map([...MEMBERS, ["acme/devs", null]]), new Map([["acme/admins", new Set(["alice"])]])]) {
    assert.equal(state(reviews("dave APPROVED"), { members }), [
      null,
      "dave: might not be a member of @acme/devs: the members could not be read",
    ]);
    assert.equal(state(reviews("dave APPROVED", "alice APPROVED"), { members })[0], "alice");
    assert.equal(state(reviews("dave CHANGES_REQUESTED", "alice APPROVED"), { members })[0], null);
  }
});

test.run();
