import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RegistryError } from "../../src/model/registry.js";
import { authFiles, type Credentials, findCredentials } from "../../src/registry/auth-file.js";
import { runCredentialHelper } from "../../src/registry/credential-helper.js";
import { assert, suite } from "../support/suite.js";

const test = suite("credentials");
let directory: string;

test.before.each(async () => {
  directory = await mkdtemp(join(tmpdir(), "slipway-auth-"));
});
test.after.each(async () => rm(directory, { recursive: true }));

const auth = (user: string) => ({ auth: Buffer.from(`${user}:word:of ${user}`).toString("base64") });
const password = (user: string) => ({ type: "password", username: user, password: `word:of ${user}` });
const noHelper = async () => assert.unreachable("no helper is to be asked") as never;
async function file(content: unknown, name = "auth.json"): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}
async function raises(action: Promise<unknown>, message: RegExp) {
  const error = await action.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.instance(error, RegistryError);
  assert.match((error as Error).message, message);
  assert.not.match((error as Error).message, /hunter2/);
}

test("where the files are", () => {
  assert.equal(authFiles({ REGISTRY_AUTH_FILE: "/f", HOME: "/h" }, 7), ["/f"]);
  assert.equal(authFiles({ XDG_RUNTIME_DIR: "/run/user/7", HOME: "/h" }, 7), [
    "/run/user/7/containers/auth.json",
    "/h/.config/containers/auth.json",
    "/h/.docker/config.json",
  ]);
  assert.equal(authFiles({ XDG_CONFIG_HOME: "/c", DOCKER_CONFIG: "/d" }, 7), [
    "/run/containers/7/auth.json",
    "/c/containers/auth.json",
    "/d/config.json",
  ]);
});

test("the most specific key is taken", async () => {
  const path = await file({
    auths: { "r.example": auth("host"), "r.example/team": auth("team"), "r.example/team/app": auth("app") },
  });
  const find = (repository: string) => findCredentials(repository, [path], noHelper);
  assert.equal(await find("r.example/team/app"), password("app"));
  assert.equal(await find("r.example/team/other"), password("team"));
  assert.equal(await find("r.example/teams"), password("host"));
  assert.is(await find("r.example:5000/team/app"), undefined);
});

test("the first file that has credentials counts; missing files and empty entries do not", async () => {
  const first = await file({ auths: { "r.example": {} } }, "1.json");
  const second = await file({ auths: { "https://r.example/v1/": auth("old") } }, "2.json");
  const third = await file({ auths: { "r.example": auth("late") } }, "3.json");
  const files = [join(directory, "none.json"), first, second, third];
  assert.equal(await findCredentials("r.example/x", files, noHelper), password("old"));
});

test("identity tokens, and NUL padding", async () => {
  const padded = { auth: Buffer.from("me:pw\0\0").toString("base64") };
  const path = await file({ auths: { "a.example": { ...auth("x"), identitytoken: "tok" }, "b.example": padded } });
  assert.equal(await findCredentials("a.example/x", [path], noHelper), { type: "identity", token: "tok" });
  const found = await findCredentials("b.example/x", [path], noHelper);
  assert.equal(found, { type: "password", username: "me", password: "pw" });
});

test("a helper of the host goes first, a store last", async () => {
  const asked: string[] = [];
  const helper = async (name: string, server: string): Promise<Credentials | undefined> => {
    asked.push(`${name} ${server}`);
    return name === "has" ? { type: "identity", token: "t" } : undefined;
  };
  const auths = { "r.example": auth("file") };
  const own = await file({ auths, credHelpers: { "r.example": "has" }, credsStore: "store" });
  assert.equal(await findCredentials("r.example/x", [own], helper), { type: "identity", token: "t" });
  const empty = await file({ auths, credHelpers: { "r.example": "empty" }, credsStore: "store" });
  assert.equal(await findCredentials("r.example/x", [empty], helper), password("file"));
  const store = await file({ auths: { "r.example": {} }, credsStore: "has" });
  assert.equal(await findCredentials("r.example/x", [store], helper), { type: "identity", token: "t" });
  assert.equal(asked, ["has r.example", "empty r.example", "has r.example"]);
});

test("files that are not readable say so without their contents", async () => {
  await raises(findCredentials("r.example", [await file('{"auths": hunter2}')], noHelper), /is not JSON/);
  await raises(findCredentials("r.example", [await file("[]")], noHelper), /not a file of credentials/);
  const path = await file({ auths: { "r.example": { auth: Buffer.from("hunter2").toString("base64") } } });
  await raises(findCredentials("r.example", [path], noHelper), /the entry for r.example is not readable/);
});

test("the helper protocol", async () => {
  const program = join(directory, "docker-credential-test");
  const env = { PATH: `${directory}:${process.env.PATH}` };
  const says = async (script: string) => {
    await writeFile(program, `#!/bin/sh\nread -r server\n${script}\n`);
    await chmod(program, 0o755);
    return runCredentialHelper("test", "r.example", env);
  };
  assert.equal(await says(`echo "{\\"Username\\":\\"$1 $server\\",\\"Secret\\":\\"s\\"}"`), {
    type: "password",
    username: "get r.example",
    password: "s",
  });
  assert.equal(await says('echo \'{"Username":"<token>","Secret":"s"}\''), { type: "identity", token: "s" });
  assert.is(await says("echo credentials not found in native keychain; exit 1"), undefined);
  await raises(says("echo hunter2; echo hunter2 >&2; exit 1"), /gave no credentials for r.example/);
  await raises(says("echo hunter2"), /not readable/);
  await raises(runCredentialHelper("not-there", "r.example", env), /docker-credential-not-there .*ENOENT/);
  await raises(runCredentialHelper("../x", "r.example", env), /names no helper/);
});

test.run();
