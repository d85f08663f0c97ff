import { createHash } from "node:crypto";
import type { GateReport } from "../../model/gate.js";
import type { Limits } from "../fit.js";
import { type GateMarkdownOptions, gateMarkdown } from "./markdown.js";

/** GitHub accepts 65,536 characters; the difference is for the marker and for its other way of counting. */
const LIMITS: Limits = { characters: 59_900, bytes: 65_000 };

/** The first words of every comment of the gate; `findMarker` reads the whole line. */
const MARKER = "<!-- slipway:plan v1 ";

const MARKER_LINE = /^<!-- slipway:plan v1 head=([0-9a-f]{12}) hash=([0-9a-f]{16}) -->(?:\r?\n|$)/;

export interface Marker {
  /** The first 12 digits of the head's commit. */
  readonly head: string;
  /** Of what the comment says: if it is equal, there is nothing to rewrite. */
  readonly hash: string;
}

/** The body of the gate's comment on a pull request: a hidden marker, then Markdown; at most 60,000 characters. */
export function gateComment(report: GateReport, options: Omit<GateMarkdownOptions, "limits" | "seconds">): string {
  const body = gateMarkdown(report, { ...options, seconds: undefined, limits: LIMITS });
  // The full report has a different address in every run, which is no reason to rewrite a comment.
  const same = gateMarkdown(report, { ...options, reportUrl: undefined, seconds: undefined, limits: LIMITS });
  const hash = createHash("sha256").update(same).digest("hex").slice(0, 16);
  const head = /^[0-9a-f]{12}/.exec(report.head)?.[0] ?? "0".repeat(12);
  return `${MARKER}head=${head} hash=${hash} -->\n${body}`;
}

/** The marker of a comment; undefined: it is not one of the gate's. The caller must check the author of the comment. */
export function findMarker(body: string): Marker | undefined {
  const [, head, hash] = MARKER_LINE.exec(body) ?? [];
  return head === undefined || hash === undefined ? undefined : { head, hash };
}
