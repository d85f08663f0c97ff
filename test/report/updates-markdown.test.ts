import type { Update } from "../../src/model/update.js";
import { readUpdateMarker, updateMarker, withUpdateMarker } from "../../src/model/update-marker.js";
import { updatePullText } from "../../src/report/updates-markdown.js";
import { assert, suite } from "../support/suite.js";
import { digest, update } from "../support/updates.js";

const test = suite("report/updates-markdown");

test("the title has as many names as there is room for", () => {
  const title = (...updates: Update[]) => updatePullText("debian", updates).title;
  assert.is(title(update()), "Update jq to 1.6-3");
  assert.is(
    title(update(), update({ file: "images/a/image.yaml" })),
    "Update jq to 1.6-3",
    "one package in two places",
  );
  assert.is(title(update(), update({ name: "curl" })), "Update debian: jq, curl");
  const many = Array.from({ length: 30 }, (_, at) => update({ name: `package-${at}` }));
  assert.is(title(...many), "Update debian: 30 entries");
  assert.is(
    title(update({ name: "r.example/os:1", to: digest("a") })),
    `Update r.example/os:1 to sha256:${"a".repeat(12)}`,
  );
});

test("the body: a hidden marker, a row per update, and all foreign text as code", () => {
  const { body, commitMessage } = updatePullText("debian", [
    update(),
    update({ file: "images/@all|<b>`x`/image.yaml" }),
  ]);
  assert.match(body, /^<!-- slipway:update v1 group=debian digest=[0-9a-f]{16} -->\n\| what \| from \| to \|/);
  assert.match(body, /^\| `jq` \| `1\.6-2` \| `1\.6-3` \| `apt in os` \| `catalog\/system\/debian\.yaml:5` \|$/m);
  assert.match(body, /\| ``images\/@all\\\|<b>`x`\/image\.yaml:5`` \|$/m);
  assert.match(commitMessage, /^Update jq to 1\.6-3\n\njq: 1\.6-2 → 1\.6-3 \(catalog\/system\/debian\.yaml\)\n/);
});

test("the body of many updates fits GitHub's limit", () => {
  const long = "x".repeat(4000);
  const many = Array.from({ length: 5000 }, (_, at) => update({ name: `${long}${at}`, file: long, where: long }));
  const { body, title } = updatePullText("debian", many);
  assert.ok(body.length < 65_536 && title.length < 256, `${body.length} ${title.length}`);
  assert.match(body, /and 4900 more/);
});

test("the marker's digest depends on the changes, not on their lines", () => {
  const marker = (...updates: Update[]) => readUpdateMarker(updatePullText("g", updates).body)?.digest;
  assert.is(marker(update(), update({ name: "curl" })), marker(update({ name: "curl", line: 9 }), update({ line: 7 })));
  assert.is.not(marker(update()), marker(update({ to: "1.6-4" })));
  assert.equal(readUpdateMarker(updateMarker({ group: "a-b", digest: null })), { group: "a-b", digest: null });
  const text = `${updateMarker({ group: "g", digest: "ab" })}\nrest`;
  assert.is(withUpdateMarker(text, { group: "g", digest: null }), "<!-- slipway:update v1 group=g overtaken -->\nrest");
  assert.is(readUpdateMarker("nothing"), undefined);
});

test.run();
