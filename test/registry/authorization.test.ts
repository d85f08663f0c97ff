import { RegistryError } from "../../src/model/registry.js";
import type { Credentials } from "../../src/registry/auth-file.js";
import { Authorization } from "../../src/registry/authorization.js";
import type { HttpExchange, HttpRequest, HttpResponse } from "../../src/registry/http-exchange.js";
import { assert, suite } from "../support/suite.js";

const test = suite("registry authorization");
const PULL = { repository: "team/app", actions: "pull" } as const;
const URL_OF_APP = new URL("https://r.example/v2/team/app/manifests/1");
const CALL = { method: "GET", url: URL_OF_APP, headers: {} } as const;
const PASSWORD: Credentials = { type: "password", username: "me", password: "hunter2" };
const answer = (status: number, body = "", headers = {}): HttpResponse => ({
  status,
  headers,
  body: Buffer.from(body),
});
const asks = (challenge: string) => answer(401, "", { "www-authenticate": challenge });
const BEARER = 'Bearer realm="https://auth.example/token",service="r",scope="repository:team/app:pull"';

interface Options {
  readonly credentials?: Credentials;
  readonly tlsVerify?: boolean;
  readonly now?: () => number;
}

function authorization(registry: HttpExchange, options: Options = {}) {
  const calls: HttpRequest[] = [];
  const exchange: HttpExchange = async (request) => {
    calls.push(request);
    return registry(request);
  };
  const credentials = async () => options.credentials;
  const { tlsVerify = true, now = () => 0 } = options;
  return { calls, auth: new Authorization(exchange, { credentials, tlsVerify, now }) };
}

/** A registry that wants `Bearer tokenN`, N counting the tokens given out. */
function bearerRegistry(lifetime?: number) {
  const given: string[] = [];
  const exchange: HttpExchange = async ({ url, headers }) => {
    if (url.host === "auth.example") {
      given.push(`token${given.length + 1}`);
      return answer(200, JSON.stringify({ token: given.at(-1), expires_in: lifetime }));
    }
    return headers.authorization === `Bearer ${given.at(-1)}` ? answer(200) : asks(BEARER);
  };
  return { given, exchange };
}

const raises = async (action: Promise<unknown>, message: RegExp) => {
  const error = await action.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.instance(error, RegistryError);
  assert.match((error as Error).message, message);
  assert.not.match((error as Error).message, /hunter2/);
};

test("a registry that asks for nothing gets nothing", async () => {
  const { auth, calls } = authorization(async () => answer(200), { credentials: PASSWORD });
  await auth.send(CALL, PULL);
  assert.equal(calls[0]?.headers, {});
});

test("basic: asked once, then sent at once; a wrong password is sent once only", async () => {
  const right = `Basic ${Buffer.from("me:hunter2").toString("base64")}`;
  let accepted = right;
  const registry: HttpExchange = async ({ headers }) =>
    headers.authorization === accepted ? answer(200) : asks("Basic realm=x");
  const { auth, calls } = authorization(registry, { credentials: PASSWORD });
  assert.is((await auth.send(CALL, PULL)).status, 200);
  assert.is((await auth.send(CALL, PULL)).status, 200);
  assert.equal(
    calls.map(({ headers }) => headers.authorization),
    [undefined, right, right],
  );
  accepted = "something else";
  assert.is((await auth.send(CALL, PULL)).status, 401);
  assert.is(calls.length, 4);
});

test("without credentials a registry that wants them keeps its 401", async () => {
  const { auth, calls } = authorization(async () => asks("Basic realm=x"));
  assert.is((await auth.send(CALL, PULL)).status, 401);
  assert.is(calls.length, 1);
});

test("bearer: the token server is asked for the scope, with the password or without", async () => {
  for (const credentials of [undefined, PASSWORD]) {
    const { auth, calls } = authorization(bearerRegistry().exchange, credentials && { credentials });
    assert.is((await auth.send(CALL, PULL)).status, 200);
    const asked = calls[1];
    assert.is(asked?.url.searchParams.get("scope"), "repository:team/app:pull");
    assert.is(asked?.url.searchParams.get("service"), "r");
    assert.is(asked?.url.searchParams.get("account"), credentials ? "me" : null);
    assert.is(asked?.headers.authorization?.startsWith("Basic ") ?? false, credentials !== undefined);
    assert.is(calls[2]?.headers.authorization, "Bearer token1");
  }
});

test("bearer: a token serves until it ends, and requests at once share one", async () => {
  let time = 0;
  const registry = bearerRegistry(60);
  const { auth } = authorization(registry.exchange, { now: () => time });
  await auth.send(CALL, PULL);
  await Promise.all([auth.send(CALL, PULL), auth.send(CALL, PULL)]);
  assert.equal(registry.given, ["token1"]);
  time = 60_000;
  await Promise.all([auth.send(CALL, PULL), auth.send(CALL, PULL)]);
  assert.equal(registry.given, ["token1", "token2"]);
  await auth.send(CALL, { ...PULL, repository: "team/other" });
  assert.is(registry.given.length, 3);
});

test("bearer: a token the registry does not take any more is replaced", async () => {
  const registry = bearerRegistry();
  const { auth } = authorization(registry.exchange);
  await auth.send(CALL, PULL);
  registry.given.push("revoked");
  assert.is((await auth.send(CALL, PULL)).status, 200);
});

test("bearer: an identity token goes in a form", async () => {
  const credentials: Credentials = { type: "identity", token: "refresh me" };
  const { auth, calls } = authorization(bearerRegistry().exchange, { credentials });
  await auth.send(CALL, PULL);
  const form = new URLSearchParams(Buffer.from((calls[1]?.body ?? []) as Uint8Array).toString());
  assert.is(calls[1]?.method, "POST");
  assert.is(form.get("grant_type"), "refresh_token");
  assert.is(form.get("refresh_token"), "refresh me");
  assert.is(form.get("scope"), "repository:team/app:pull");
});

test("bearer: what a token server may do wrong", async () => {
  const using = (token: HttpResponse, challenge = BEARER, options: Options = { credentials: PASSWORD }) =>
    authorization(async ({ url }) => (url.host === "r.example" ? asks(challenge) : token), options);
  await raises(using(answer(401)).auth.send(CALL, PULL), /auth.example refuses pull for team\/app \(401\)/);
  await raises(using(answer(200, "<html>")).auth.send(CALL, PULL), /without a token/);
  await raises(using(answer(200, '{"token":"a\\r\\nX: y"}')).auth.send(CALL, PULL), /without a token/);
  await raises(using(answer(200), 'Bearer realm="nonsense"').auth.send(CALL, PULL), /names no token server/);
  const open = using(answer(200, '{"token":"t"}'), 'Bearer realm="http://auth.example/"');
  await raises(open.auth.send(CALL, PULL), /without TLS, http:\/\/auth.example/);
  assert.is(open.calls.length, 1);
});

test.run();
