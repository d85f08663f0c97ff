import type { ImageStatus } from "../../src/model/image-status.js";
import { imageStatusText, statusText } from "../../src/report/status-text.js";
import { digest, imageName } from "../support/definitions.js";
import { assert, suite } from "../support/suite.js";

const test = suite("report/status-text");

const BASE: ImageStatus = {
  image: imageName("base"),
  version: "1.0",
  status: "READY",
  reason: "",
  description: null,
  reference: "registry.example:5000/team/base:1.0",
  parent: null,
  base: "apt bookworm",
  language: null,
  os: "debian",
  author: null,
  role: null,
  owners: ["@example/platform", "@ada"],
  labels: {},
  metadata: {},
  published: null,
  failure: null,
};
const WEB: ImageStatus = {
  ...BASE,
  image: imageName("python3-web"),
  version: "1.2",
  status: "STALE",
  reason: "PARENT base: DEFINITION env",
  reference: "registry.example:5000/team/python3-web:1.2",
  parent: imageName("base"),
  base: "base",
  language: "python3",
  published: {
    digest: digest("d"),
    imageId: digest("abc"),
    bytes: 12_300_000,
    created: "2026-11-29T14:31:48.000Z",
    tags: ["1.2", "latest"],
  },
};

test("one line per image, in columns", () => {
  assert.is(statusText([BASE, WEB]), "  READY  base 1.0\n  STALE  python3-web 1.2  PARENT base: DEFINITION env\n");
});

test("wide: a heading, and what Dispatch's table has", () => {
  assert.is(
    statusText([BASE, WEB], { wide: true }),
    `  STATUS  IMAGE            PULL                                        BASE          LANGUAGE  SYSTEM  OWNERS                  PUBLISHED             REASON
  READY   base 1.0         registry.example:5000/team/base:1.0         apt bookworm  -         debian  @example/platform @ada  -
  STALE   python3-web 1.2  registry.example:5000/team/python3-web:1.2  base          python3   debian  @example/platform @ada  2026-11-29 14:31 UTC  PARENT base: DEFINITION env
`
      .replaceAll("@ada  ", "@ada  ")
      .replace("OWNERS                  P", "OWNERS                  P"),
  );
});

test("on a terminal the reason is cut to what is left of the line, or left out", () => {
  assert.is(statusText([WEB], { columns: 44 }), "  STALE  python3-web 1.2  PARENT base: DEFI…\n");
  assert.is(statusText([WEB], { columns: 30 }), "  STALE  python3-web 1.2\n");
  assert.is(statusText([WEB], { columns: 400 }), statusText([WEB]));
});

test("no image of a status", () => {
  assert.is(statusText([], { only: ["ERROR"] }), "No image is ERROR.\n");
  assert.is(
    statusText([], { only: ["STALE", "MISSING"], names: ["app"] }),
    "None of the named images is STALE or MISSING.\n",
  );
  assert.is(statusText([], { isFiltered: true }), "No image matches.\n");
  assert.is(statusText([], { isFiltered: true, only: ["ERROR"] }), "No image matches and is ERROR.\n");
});

test("one image: all that is known of it, and nothing that is not", () => {
  assert.is(
    imageStatusText(WEB),
    `python3-web 1.2: STALE
  why        PARENT base: DEFINITION env
  pull       registry.example:5000/team/python3-web:1.2
  tags       1.2, latest
  digest     ${digest("d")}
  image ID   ${digest("abc")}
  published  2026-11-29 14:31 UTC
  size       12.3 MB
  base       base
  language   python3
  system     debian
  owners     @example/platform, @ada
`,
  );
});

test("one image in ERROR: its last lines and its log, and hostile text stays on its line", () => {
  const failure = {
    code: "BUILD_FAILED",
    message: "exit status 1",
    tail: ["\u001b[2Jnot found", "\tat line 3"],
    log: "/srv/.slipway/logs/base.log",
  };
  const image = { ...BASE, status: "ERROR", reason: "exit\nstatus 1", failure, labels: { purpose: "a\nb" } } as const;
  assert.is(
    imageStatusText(image),
    `base 1.0: ERROR
  why        exit\\nstatus 1
  published  nothing under 1.0
  base       apt bookworm
  system     debian
  owners     @example/platform, @ada
  label      purpose=a\\nb
  | \\x1b[2Jnot found
  | \tat line 3
  log: /srv/.slipway/logs/base.log
`,
  );
});

test.run();
