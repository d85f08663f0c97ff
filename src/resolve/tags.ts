import { createHash } from "node:crypto";
import type { ImageTest, ServeTest, TextExpectation } from "../model/definition.js";
import type { BuildKey } from "../model/names.js";
import { type ImageTags, keyTag, testedTag } from "../model/tags.js";

/**
 * The tags of one image.
 * `k-…` exists exactly when an image with these inputs was built and passed tests.
 * `t-…` exists when it passed exactly these tests. Tests are no input of the image (editing one changes no byte), but no pointer
 * may move to an image that has not passed the current ones.
 * The pointers are for people. They are moved last, `latest` after the version that it stands for.
 */
export function tagsOf(version: string, key: BuildKey, tests: string, moving: readonly string[]): ImageTags {
  const tested = createHash("sha256").update(`${key} ${tests}`).digest("hex");
  const pointers = new Set([`${version}-${key.slice(0, 8)}`, version, ...moving]);
  return { key: keyTag(key), tested: testedTag(tested), pointers: [...pointers] };
}

/**
 * 64 hex digits over what an image's tests demand: the parent's digest (empty for a base image) and the image's own tests. The
 * names of tests do not count.
 */
export function testsDigest(inherited: string, own: readonly ImageTest[]): string {
  if (own.length === 0 && inherited !== "") return inherited;
  return createHash("sha256")
    .update(`${inherited} ${JSON.stringify(own.map(demands))}`)
    .digest("hex");
}

function demands(test: ImageTest): unknown[] {
  if (test.type === "file") return [test.path, test.exists, test.mode, test.contains];
  if (test.type === "serve") return serverDemands(test);
  const { command, exit, stdout, stderr, user, timeout } = test;
  const outputs = [stdout, stderr].map(textDemands);
  return [command.form === "shell" ? command.text : command.argv, exit, ...outputs, user, timeout];
}

/** Begins with an object, so that no command's test has the same digest. */
function serverDemands({ port, ready, requests, stdout, stderr, exit, timeout }: ServeTest): unknown[] {
  const exchanges = requests.map(({ method, path, headers, body, answer }) => [
    ...[method, path, Object.entries(headers).sort(byName), body],
    ...[answer.status, textDemands(answer.body), answer.json],
    Object.entries(answer.headers)
      .map(([name, text]) => [name, textDemands(text)] as const)
      .sort(byName),
  ]);
  return [{ port, ready }, exchanges, ...[stdout, stderr].map(textDemands), exit, timeout];
}

const textDemands = (text: TextExpectation | undefined) => text && [text.equals, text.contains, text.matches];
const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : 1);
