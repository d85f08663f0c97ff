import { createHash } from "node:crypto";
import { createContext } from "../../src/context.js";
import type { BuildResult } from "../../src/model/plan.js";
import { planText } from "../../src/report/plan-text.js";
import { createProgress } from "../../src/report/progress.js";
import { buildEndText } from "../../src/report/results-text.js";
import { digest } from "./definitions.js";
import { plan, reason, result, step } from "./plans.js";
import { SCENE_MARK } from "./scene-mark.js";

/*
 * A program: a build as it is printed, with times of its own making. It goes through everything that prints in `slipway build`, up to
 * the real terminal; only Buildah is not there. After each moment it writes SCENE_MARK, which terminals ignore.
 */

const isFailing = process.argv[2] === "failing";
let now = 0;
const context = { ...createContext({}, new AbortController().signal), clock: () => now };
const { out, note, colors, clock } = context;

const IMAGES: readonly (readonly [name: string, version: string, after: readonly string[], seconds?: number])[] = [
  ["debian-base", "12.1", [], 57],
  ["nodejs-runtime", "18.1", ["debian-base"], 110],
  ["python3-runtime", "3.11", ["debian-base"], 22],
  ["error-pages", "1.0", [], 2],
  ["python3-web", "1.2", ["python3-runtime"], 16],
  ["python3-report", "2.0", ["python3-runtime"], 11],
];

const screen = await context.openScreen();
const images = IMAGES.map(([name, version, after, estimate]) => ({
  ...{ name, title: `${name} ${version}`, after, estimate },
}));
const progress = createProgress({ images, jobs: 2, screen, out, note, colors, clock });
const results: BuildResult[] = [];

function moment(seconds: number): void {
  now += seconds;
  progress.tick();
  mark();
}

function mark(): void {
  if (screen !== undefined) process.stderr.write(SCENE_MARK);
}

function done(name: string, fields: Partial<BuildResult>): void {
  const [, version = "", after = []] = IMAGES.find(([image]) => image === name) ?? [];
  const via = after.length > 0 ? reason("PARENT", `${after.join()}: MISSING never published`, ...after) : undefined;
  const imageId = fields.outcome === "failed" ? null : digest(createHash("sha256").update(name).digest("hex"));
  const finished = result(name, {
    version,
    imageId,
    reasons: [via ?? reason("MISSING", "never published")],
    ...fields,
  });
  results.push(finished);
  progress.done(finished);
}

const steps = IMAGES.map(([name, version, after]) =>
  step(name, {
    ...{ version, action: after.length === 0 ? "build" : "pending" },
    ...(after.length === 0 ? {} : { reasons: [reason("PARENT", "", ...after)] }),
  }),
);
out(`${planText(plan(steps), "oci:.slipway/registry", "oci", colors.out)}\n`);
progress.phase("debian-base", "resolving");
progress.phase("error-pages", "building");
moment(1);
progress.detail("error-pages", "step 1/2");
moment(1.4);
done("error-pages", { seconds: 2.4, bytes: 6000 });
progress.phase("debian-base", "building");
progress.detail("debian-base", "step 4/6");
moment(31);
done("debian-base", { seconds: 33.4, bytes: 180_200_000 });
progress.phase("nodejs-runtime", "building");
progress.phase("python3-runtime", "waiting");
progress.detail("nodejs-runtime", "step 1/3");
moment(7);
progress.phase("python3-runtime", "building");
progress.detail("nodejs-runtime", "step 2/3");
progress.detail("python3-runtime", "stage 1/2, step 3/5");
moment(9);
done("python3-runtime", { seconds: 16, bytes: 222_900_000 });
progress.phase("python3-web", "testing");
moment(4);
const tail = ["hello", "test python3-web: \u001b[2Jexpected 200, found 500 日本語"];
const error = { code: "TEST_FAILED", message: "test `answers`: the answer is 500", log: "/logs/python3-web.log", tail };
done("python3-web", isFailing ? { outcome: "failed", seconds: 14.2, error } : { seconds: 14.2, bytes: 230_000_000 });
progress.phase("python3-report", "building");
progress.phase("nodejs-runtime", "publishing");
moment(9);
done("python3-report", isFailing ? { outcome: "unchanged", seconds: 9 } : { seconds: 9, bytes: 226_200_000 });
moment(20);
done("nodejs-runtime", { seconds: 60.1, bytes: 428_600_000 });
progress.end();
screen?.close();
out(buildEndText(results, clock(), colors.out));
mark();
