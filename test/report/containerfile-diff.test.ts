import { containerfileDiff } from "../../src/report/containerfile-diff.js";
import { assert, suite } from "../support/suite.js";

const test = suite("report/containerfile-diff");

const lines = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => `${text(index)}\n`).join("");

test("a unified diff with both names, empty if nothing differs", () => {
  assert.is(
    containerfileDiff("web", "FROM a\nRUN b\n", "FROM a\nRUN c\n"),
    "--- a/web/Containerfile\n+++ b/web/Containerfile\n@@ -1,2 +1,2 @@\n FROM a\n-RUN b\n+RUN c\n",
  );
  assert.is(containerfileDiff("web", "FROM a\n", "FROM a\n"), "");
});

test("a new image and a deleted one", () => {
  assert.is(
    containerfileDiff("web", "", "FROM a\n"),
    "--- /dev/null\n+++ b/web/Containerfile\n@@ -0,0 +1,1 @@\n+FROM a\n",
  );
  assert.is(
    containerfileDiff("web", "FROM a\n", ""),
    "--- a/web/Containerfile\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-FROM a\n",
  );
});

test("a long diff is cut, and says how much is missing", () => {
  const shown = containerfileDiff(
    "web",
    "",
    lines(1000, (index) => `RUN ${index}`),
  ).split("\n");
  assert.equal([shown.length, shown[399], shown[400], shown[401]], [402, "+RUN 396", "… 603 more lines", ""]);
  const fits = containerfileDiff(
    "web",
    "",
    lines(397, (index) => `RUN ${index}`),
  );
  assert.is(fits.trimEnd().split("\n").length, 400);
  assert.not.match(fits, /more lines/);
});

test("two that have nothing in common are not compared forever", () => {
  const all = (word: string) => lines(20_000, (index) => `${word} ${index}`);
  assert.is(
    containerfileDiff("web", all("a"), all("b")),
    "… the Containerfile of web differs in more than 1000 lines\n",
  );
});

test.run();
