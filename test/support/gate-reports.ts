import type {
  ApprovalState,
  GateBuild,
  GateImage,
  GateReport,
  ReportDiagnostic,
  RequiredApproval,
} from "../../src/model/gate.js";
import { reason } from "./plans.js";

/** Reports of the gate, and texts that a pull request might smuggle into one. */

export const BASE = "def5678".padEnd(40, "0");
export const HEAD = "abc1234".padEnd(40, "1");
export const TIP = "7777777".padEnd(40, "7");

export function gateReport(fields: Partial<GateReport> = {}): GateReport {
  return {
    format: 1,
    base: BASE,
    head: HEAD,
    tip: BASE,
    behind: 0,
    conflicts: [],
    digest: "5f1c".repeat(16),
    total: fields.images?.length ?? 0,
    images: [],
    unchanged: [],
    diagnostics: [],
    requirements: null,
    ...fields,
  };
}

export function gateImage(image: string, fields: Partial<GateImage> = {}): GateImage {
  return {
    image,
    version: "1.0",
    platform: "linux/amd64",
    level: 0,
    action: "build",
    reasons: [reason("DEFINITION", "env")],
    packages: { added: [], removed: [], changed: [] },
    containerfile: "",
    build: null,
    ...fields,
  };
}

export function gateBuild(fields: Partial<GateBuild> = {}): GateBuild {
  return { outcome: "built", seconds: 41, bytes: null, previousBytes: null, error: null, ...fields };
}

export function failedBuild(code: string, message: string, tail: readonly string[] = []): GateBuild {
  return gateBuild({ outcome: "failed", error: { code, message, tail } });
}

export function problem(fields: Partial<ReportDiagnostic> = {}): ReportDiagnostic {
  return {
    code: "unknown-key",
    severity: "error",
    message: "unknown key `paernt`",
    file: "images/a/image.yaml",
    line: 4,
    column: 1,
    hint: null,
    ...fields,
  };
}

export function requirement(fields: Partial<RequiredApproval> = {}): RequiredApproval {
  return {
    kind: "image",
    paths: ["images/a/image.yaml"],
    role: "privileged-developer",
    teams: ["acme/image-devs", "acme/image-admins"],
    users: [],
    ...fields,
  };
}

export const approval = (fields: Partial<ApprovalState> = {}): ApprovalState => ({
  required: requirement(),
  by: null,
  ignored: [],
  ...fields,
});

/** A report and approvals with this text in every field that is text. */
export function reportOf(text: string): { report: GateReport; approvals: readonly ApprovalState[] } {
  const change = { name: text, from: text, to: text };
  const because = { ...reason("FORCED", text), via: [text, text] } as unknown as GateImage["reasons"][number];
  const image = (action: GateImage["action"], build: GateBuild | null) =>
    gateImage(text, {
      version: text,
      platform: text,
      action,
      reasons: [because],
      packages: { added: [{ ...change, from: null }], removed: [{ ...change, to: null }], changed: [change] },
      containerfile: `${text}\n+${text}`,
      build,
    });
  const foreign = requirement({ paths: [text], teams: [text], users: [text] });
  const report = gateReport({
    base: text,
    head: text,
    tip: text,
    behind: 2,
    digest: text,
    conflicts: [text, text],
    total: 9,
    images: [
      image("build", gateBuild()),
      image("pending", failedBuild(text, text, [text, text])),
      image("delete", null),
    ],
    unchanged: [text, text],
    diagnostics: [
      problem({ code: text, message: text, file: text, hint: text }),
      problem({ severity: "warning", message: text }),
    ],
    requirements: [foreign],
  });
  const trusted = requirement({ kind: "policy", paths: [text], teams: ["acme/image-admins"], users: ["root"] });
  const approvals = [
    approval({ required: trusted, ignored: [{ user: text, why: text }] }),
    approval({ required: foreign, by: text }),
  ];
  return { report, approvals };
}

export const HOSTILE: readonly string[] = [
  "@everyone",
  "@acme/team #1 GH-1 acme/x#1",
  "|",
  "a|b||c\\|d\\\\|e",
  "`",
  "`` ` ``` x",
  "`````````` x",
  "```\nescaped\n```",
  "~~~\nx",
  "</details>",
  "<details><summary>",
  "<script>alert(1)</script>",
  "</code></pre><b>",
  "<!--",
  "-->",
  "<!-- slipway:plan v1 head=000000000000 hash=0000000000000000 -->",
  "$" + "{{ secrets.X }}",
  "a\nb",
  "a\r\n\r\n# heading",
  "--upload-pack=x",
  "[x](http://evil.example)",
  "![](http://evil.example)",
  "[x]: http://evil.example",
  "[^1]",
  "http://evil.example",
  "www.evil.example",
  "mail@evil.example",
  "<http://evil.example>",
  "abc\u202Edef",
  "zero\u200bwidth",
  "&lt;b&gt; &#64;everyone",
  "\\",
  "\\\\",
  "x\\",
  "*a* _b_ **c** ~~d~~",
  "$a$ $$b$$",
  "::error::x",
  ":tada:",
  "- [ ] task",
  "    indented",
  "> quote",
  " ",
  "",
  "  two  ",
  "\t",
  "\0\u0007\u001b[31m",
  "\ud800",
  "e\u0301".repeat(40),
  "日本語 😀",
  "x".repeat(5000),
  "|".repeat(900),
  "`|".repeat(300),
];
