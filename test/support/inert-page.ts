import { findMarker } from "../../src/report/gate/comment.js";
import { nestingProblem, type Page } from "./markdown-page.js";
import { assert } from "./suite.js";

/** The only address in a page under test. */
export const REPORT_URL = "https://forge.example/acme/images/actions/runs/1";
const OURS = new Set("h3 p strong table thead tbody tr th td code pre ul li details summary br a".split(" "));
/** Checks what must be true of every page, whatever the report contains. */
export function assertInert(page: Page, text: string): void {
  const { tags, prose, html, cells, comments } = page;
  assert.equal(
    [...new Set(tags.map((tag) => tag.replace("/", "")))].filter((tag) => !OURS.has(tag)),
    [],
    text,
  );
  assert.is(nestingProblem(tags), undefined, text);
  for (const [, address] of html.matchAll(/<a href="([^"]*)"/g)) assert.is(address, REPORT_URL, text);
  const mentions = prose.match(/@[\w/-]*/g) ?? [];
  assert.equal(
    mentions.filter((name) => name !== "@acme/image-admins" && name !== "@root"),
    [],
    text,
  );
  assert.not.match(prose, /#\d|GH-\d|evil|\{\{|:tada:|\[ \]/, text);
  assert.ok(
    cells.every((count) => count === 6),
    `${text}: ${cells.join()}`,
  );
  assert.equal(
    comments.filter((comment) => findMarker(`${comment}\n`) === undefined),
    [],
    text,
  );
  assert.ok(comments.length <= 1, text);
}
