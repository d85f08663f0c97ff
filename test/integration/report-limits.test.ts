import type { GateReport } from "../../src/model/gate.js";
import { gateComment } from "../../src/report/gate/comment.js";
import { gateMarkdown, SUMMARY_LIMITS } from "../../src/report/gate/markdown.js";
import { failedBuild, gateBuild, gateImage, gateReport, problem, reportOf } from "../support/gate-reports.js";
import { assertInert, REPORT_URL as URL } from "../support/inert-page.js";
import { renderMarkdown } from "../support/markdown-page.js";
import { assert, suite } from "../support/suite.js";

const test = suite("GitHub's limits on a report");

const CHANGES = {
  added: [{ name: "curl", from: null, to: "8.*" }],
  removed: [],
  changed: [1, 2].map((n) => ({ name: `p${n}`, from: "1", to: "2" })),
};

/** A report with everything in it, for this number of images. */
function large(count: number, fields: Partial<GateReport> = {}): GateReport {
  const images = Array.from({ length: count }, (_, index) =>
    gateImage(`image-number-${index}`, {
      packages: CHANGES,
      containerfile: `@@ -1 +1 @@\n-FROM a\n+FROM b${index}\n`,
      build: index % 50 === 7 ? failedBuild("BUILD_FAILED", "exit status 1", ["last line"]) : gateBuild(),
    }),
  );
  return gateReport({ images, unchanged: Array.from({ length: count }, (_, index) => `quiet-${index}`), ...fields });
}

test("a comment stays within GitHub's limit, and only whole parts are cut", () => {
  const wide = large(300, {
    diagnostics: Array.from({ length: 300 }, () => problem({ message: "日本語".repeat(200) })),
  });
  for (const report of [
    large(0),
    large(40),
    large(120),
    large(400),
    large(5000),
    wide,
    reportOf("日".repeat(4000)).report,
  ]) {
    const comment = gateComment(report, { reportUrl: URL });
    assert.ok(comment.length <= 60_000, `${comment.length} characters`);
    assert.ok(Buffer.byteLength(comment) <= 65_536, `${Buffer.byteLength(comment)} bytes`);
    const page = renderMarkdown(comment);
    assertInert(page, `${report.images.length} images`);
    assert.match(comment, /\n\nReproduce: /);
    const shown = page.cells.length - 1;
    const rest = /… and (\d+) more images?\n/.exec(comment)?.[1] ?? "0";
    if (report.images.length > 0) assert.is(shown + Number(rest), report.images.length);
  }
});

test("sections are cut from the bottom first, and rows only after them", () => {
  const titles = (count: number) => {
    const comment = gateComment(large(count), { reportUrl: URL });
    const left = /\n\n(Left out for length: [^\n]*)\n\nReproduce/.exec(comment)?.[1];
    return [
      [...comment.matchAll(/<summary>(\S*)/g)].map(([, title]) => title).join(),
      / more images/.test(comment),
      left,
    ];
  };
  const link = `[The full report](${URL}) has everything.`;
  assert.equal(titles(100), ["Package,Containerfile,100", false, undefined]);
  assert.equal(titles(400), ["Package,Containerfile", false, `Left out for length: unchanged images. ${link}`]);
  assert.equal(titles(450), ["Package", false, `Left out for length: Containerfile diff, unchanged images. ${link}`]);
  assert.equal(titles(5000), [
    "",
    true,
    `Left out for length: package diff, Containerfile diff, unchanged images. ${link}`,
  ]);
});

test("the summary of a step has its own limit, and the file has none", () => {
  const report = large(8000);
  assert.ok(gateMarkdown(report, {}).length > 1_000_000);
  assert.ok(Buffer.byteLength(gateMarkdown(report, { limits: SUMMARY_LIMITS })) <= 1_000_000);
});

test.run();
