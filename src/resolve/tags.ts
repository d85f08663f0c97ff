import { createHash } from "node:crypto";
import type { ImageTest, ServeTest, TextExpectation } from "../model/definition.js";
import type { BuildKey } from "../model/names.js";
import { type ImageTags, keyTag, testedTag } from "../model/tags.js";

/**
 * The tags of one image.
 * `k-…` exists exactly when an image with these inputs was built and passed tests.
 * `t-…` says that it passed exactly these tests. Tests are no input of the image (editing one changes no byte), yet no
 * pointer may move to an image that has not passed them as they are now.
 * The pointers are what people use. They are moved last, `latest` after the version it stands for.
 */
export function tagsOf(version: string, key: BuildKey, tests: string, moving: readonly string[]): ImageTags {
  const tested = createHash("sha256").update(`${key} ${tests}`).digest("hex");
  const pointers = new Set([`${version}-${key.slice(0, 8)}`, version, ...moving]);
  return { key: keyTag(key), tested: testedTag(tested), pointers: [...pointers] };
}

/**
 * 64 hex digits over what an image's tests demand: the parent's digest (empty for a base image) and the image's own tests.
 * A test's name is for people and does not count.
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
  const said = [stdout, stderr].map(textDemands);
  return [command.form === "shell" ? command.text : command.argv, exit, ...said, user, timeout];
}

/** An object in front, so that no command says the same. */
function serverDemands({ port, ready, requests, stdout, stderr, exit, timeout }: ServeTest): unknown[] {
  const asked = requests.map(({ method, path, headers, body, answer }) => [
    ...[method, path, Object.entries(headers).sort(byName), body],
    ...[answer.status, textDemands(answer.body), answer.json],
    Object.entries(answer.headers)
      .map(([name, text]) => [name, textDemands(text)] as const)
      .sort(byName),
  ]);
  return [{ port, ready }, asked, ...[stdout, stderr].map(textDemands), exit, timeout];
}

const textDemands = (text: TextExpectation | undefined) => text && [text.equals, text.contains, text.matches];
const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : 1);
