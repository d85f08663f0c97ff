import type { Plan } from "../../src/model/plan.js";
import { TestCatalogue } from "../support/catalogue.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const test = suite("exceptions");
let workspace: Workspace;
let catalogue: TestCatalogue;

test.before(async () => {
  workspace = await Workspace.create();
});
test.before.each(async () => {
  catalogue = await TestCatalogue.create(workspace, "catalogue", {
    "images/app/image.yaml":
      "name: app\nversion: '2.0'\nparent: tools\nsystem-packages: [{ name: zip, version: '3.0-1' }]\n",
  });
});
test.after.each(() => catalogue.delete("."));
test.after(() => workspace.remove());

const FAR = "2999-12-31";
const daysFromNow = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

function except(expires: string, { rule = "package-not-approved", image = "app", more = "" } = {}): Promise<void> {
  const entry = `  - { rule: ${rule}, image: ${image}, ${more}owner: "@alice", reason: until March, expires: ${expires} }\n`;
  return catalogue.write("policies/exceptions.yaml", `kind: Exceptions\nexceptions:\n${entry}`);
}

async function said(code: number): Promise<string[]> {
  const { diagnostics } = await catalogue.json<{ diagnostics: Record<string, string>[] }>(["validate"], code);
  return diagnostics.map(({ severity, file, line, code: found }) => `${severity} ${file}:${line} ${found}`);
}

test("a package that is not approved is installed while its exception holds", async () => {
  assert.equal(await said(3), ["error images/app/image.yaml:4 package-not-approved"]);
  await except(FAR, { more: "package: zip, " });
  assert.equal(await said(0), []);
  assert.match((await catalogue.expect(0, ["render", "app"])).stdout, /'zip=3\.0-1'/);
  await except(FAR, { more: "package: unzip, " });
  assert.equal(await said(3), [
    "error images/app/image.yaml:4 package-not-approved",
    "warning policies/exceptions.yaml:3 exception-unused",
  ]);
});

test("on the day after an exception's last day the image is rejected again, and so is the exception", async () => {
  await except(daysFromNow(-1));
  assert.equal(await said(3), [
    "error images/app/image.yaml:4 package-not-approved",
    "error policies/exceptions.yaml:3 exception-expired",
  ]);
  const { stdout } = await catalogue.expect(3, ["validate"]);
  assert.match(stdout, /\^\nhint: renew it or remove it; @alice answers for it\n/);
  await catalogue.expect(3, ["plan"]);
});

test("warnings do not stop a build", async () => {
  await except(daysFromNow(3));
  assert.equal(await said(0), ["warning policies/exceptions.yaml:3 exception-expires-soon"]);
  const { stderr } = await catalogue.expect(0, ["plan"]);
  assert.match(stderr, /warning exception-expires-soon/);
});

test("an exception for an image that does not exist", async () => {
  await except(FAR, { image: "apq" });
  const { stdout } = await catalogue.expect(3, ["validate"]);
  assert.match(stdout, /warning exception-unknown-image: no image is named "apq"\n[\s\S]*hint: did you mean `app`\?/);
});

test("a parent that is not extendable", async () => {
  await catalogue.edit("images/tools/image.yaml", "parent: base", "parent: base\nmetadata: { extendable: false }");
  await catalogue.edit("images/app/image.yaml", "system-packages: [{ name: zip, version: '3.0-1' }]\n", "");
  assert.equal(await said(3), ["error images/app/image.yaml:3 not-extendable"]);
  await except(FAR, { rule: "not-extendable" });
  assert.equal(await said(0), []);
});

test("plans between commits: an exception is added, another image changes, the exception expires", async () => {
  const rejected = await catalogue.commit("not approved");
  await except(FAR);
  const waived = await catalogue.commit("an exception");
  const between = (base: string, head: string) =>
    catalogue.json<Plan>(["plan", "--base", base, "--head", head]).then(({ steps }) => steps.map(({ image }) => image));
  assert.equal(await between(rejected, waived), ["app", "blue", "green"]);
  await catalogue.edit("images/side/image.yaml", "beside", "next to");
  const edited = await catalogue.commit("another image");
  // Twice, the second time with whatever the first run cached.
  assert.equal(await between(waived, edited), ["side"]);
  assert.equal(await between(waived, edited), ["side"]);
  await except("2020-01-01");
  const ended = await catalogue.commit("it has ended");
  await catalogue.edit("images/app/image.yaml", "system-packages: [{ name: zip, version: '3.0-1' }]\n", "");
  await catalogue.delete("policies");
  const mended = await catalogue.commit("done without");
  const plan = await catalogue.json<Plan>(["plan", "--base", ended, "--head", mended]);
  assert.equal(plan.steps[0]?.reasons, [{ code: "PACKAGE", detail: "zip removed", via: [] }]);
});

test.run();
