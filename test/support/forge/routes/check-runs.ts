import * as answers from "../answers.js";
import { ApiError, invalidRequest, notFound } from "../api-error.js";
import type { Call } from "../call.js";
import { created, list, ok, type Route } from "../route.js";
import type { Annotation, CheckRun, Conclusion } from "../state.js";

const READ = { user: "read", app: "read", scopes: ["checks"] } as const;
/** People with any permission reach the refusal below, which says what is wrong. */
const WRITE = { user: "read", app: "write", scopes: ["checks"] } as const;
const RESOURCE = "CheckRun";
const STATUSES = ["queued", "in_progress", "completed"] as const;
const CONCLUSIONS = ["success", "failure", "neutral", "cancelled", "skipped", "timed_out", "action_required"] as const;
const LEVELS = ["notice", "warning", "failure"];
/** Per request; further requests append. */
const ANNOTATIONS = 50;
const TEXT = 65_535;

export const checkRunRoutes: readonly Route[] = [
  { method: "POST", path: "/repos/{owner}/{repo}/check-runs", needs: WRITE, handle: create },
  {
    method: "PATCH",
    path: "/repos/{owner}/{repo}/check-runs/{check_run_id}",
    needs: WRITE,
    handle: (call) => {
      onlyApps(call);
      const run = ofPath(call);
      if (run.app !== call.author) throw new ApiError(403, "Invalid app_id `check_run` was created by another app");
      change(call, run);
      return ok(answers.checkRun(run));
    },
  },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/check-runs/{check_run_id}",
    needs: READ,
    handle: (call) => ok(answers.checkRun(ofPath(call))),
  },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/check-runs/{check_run_id}/annotations",
    needs: READ,
    handle: (call) => list(ofPath(call).annotations.map(answers.annotation)),
  },
  { method: "GET", path: "/repos/{owner}/{repo}/commits/{ref}/check-runs", needs: READ, handle: ofCommit },
];

function onlyApps({ token }: Call): void {
  if (!token?.installation) throw new ApiError(403, "You must authenticate via a GitHub App.");
}

function ofPath(call: Call): CheckRun {
  const run = call.repository.checkRuns.get(Number(call.param("check_run_id")));
  if (run === undefined) throw notFound();
  return run;
}

async function create(call: Call) {
  onlyApps(call);
  const { state, repository, author } = call;
  const name = call.required("name", { resource: RESOURCE });
  const headSha = call.required("head_sha", { resource: RESOURCE });
  if ((await repository.git.commit(headSha)) !== headSha)
    throw new ApiError(422, `No commit found for SHA: ${headSha}`);
  const run: CheckRun = {
    id: state.id(),
    app: author,
    headSha,
    name,
    status: "queued",
    conclusion: null,
    detailsUrl: null,
    externalId: null,
    title: null,
    summary: null,
    text: null,
    annotations: [],
    startedAt: state.now(),
    completedAt: null,
  };
  change(call, run);
  repository.checkRuns.set(run.id, run);
  return created(answers.checkRun(run));
}

/** Applies the body, all or nothing: everything is checked before anything is changed. */
function change(call: Call, run: CheckRun): void {
  const rule = { resource: RESOURCE };
  const status = call.choice("status", STATUSES, RESOURCE);
  const conclusion: Conclusion = call.choice("conclusion", CONCLUSIONS, RESOURCE) ?? null;
  if (status === "completed" && conclusion === null) throw invalidRequest('"conclusion" wasn\'t supplied.');
  const output = outputOf(call);
  run.name = call.text("name", rule) ?? run.name;
  run.detailsUrl = call.text("details_url", rule) ?? run.detailsUrl;
  run.externalId = call.text("external_id", rule) ?? run.externalId;
  // A conclusion also completes a check run.
  run.status = conclusion === null ? (status ?? run.status) : "completed";
  if (conclusion !== null) {
    run.conclusion = conclusion;
    run.completedAt = call.state.now();
  }
  if (output === null) return;
  run.title = output.title;
  run.summary = output.summary;
  run.text = output.text ?? run.text;
  run.annotations.push(...output.annotations);
}

function outputOf(call: Call) {
  const given = call.field("output");
  if (given === undefined) return null;
  const output = call.nested(given);
  const title = output.required("title", { resource: RESOURCE });
  const summary = output.required("summary", { resource: RESOURCE, limit: TEXT });
  const text = output.text("text", { resource: RESOURCE, limit: TEXT });
  const listed = output.field("annotations") ?? [];
  if (!Array.isArray(listed)) throw invalidRequest("For 'properties/annotations', it is not an array.");
  if (listed.length > ANNOTATIONS) {
    throw invalidRequest(`No more than ${ANNOTATIONS} items are allowed; ${listed.length} were supplied.`);
  }
  return { title, summary, text, annotations: listed.map((item: unknown) => annotationOf(output.nested(item))) };
}

function annotationOf(call: Call): Annotation {
  const start_line = line(call, "start_line");
  const end_line = line(call, "end_line");
  const start_column = call.field("start_column") === undefined ? null : line(call, "start_column");
  const end_column = call.field("end_column") === undefined ? null : line(call, "end_column");
  const annotation_level = call.required("annotation_level", { resource: RESOURCE });
  if (!LEVELS.includes(annotation_level))
    throw invalidRequest(`${JSON.stringify(annotation_level)} is not a member of ${JSON.stringify(LEVELS)}.`);
  if (start_line !== end_line && (start_column !== null || end_column !== null)) {
    throw invalidRequest("Annotations only support start_column and end_column on the same line.");
  }
  return {
    path: call.required("path", { resource: RESOURCE }),
    start_line,
    end_line,
    start_column,
    end_column,
    annotation_level,
    title: call.text("title", { resource: RESOURCE, limit: 255 }) ?? null,
    message: call.required("message", { resource: RESOURCE, limit: 65_536 }),
    raw_details: call.text("raw_details", { resource: RESOURCE, limit: 65_536 }) ?? null,
  };
}

function line(call: Call, name: string): number {
  const value = call.field(name);
  if (typeof value !== "number" || !Number.isInteger(value)) throw invalidRequest(`"${name}" wasn't supplied.`);
  return value;
}

/** By default only an App's latest check run of each name. */
async function ofCommit(call: Call) {
  const { repository, query } = call;
  const sha = await repository.git.commit(call.param("ref"));
  if (sha === null) throw notFound();
  const name = query.get("check_name");
  const runs = [...repository.checkRuns.values()].filter(
    (run) => run.headSha === sha && (name === null || run.name === name),
  );
  const latest = new Map(runs.map((run) => [`${run.app.login} ${run.name}`, run]));
  const shown = query.get("filter") === "all" ? runs : [...latest.values()];
  return list(shown.reverse().map(answers.checkRun), (page) => ({ total_count: shown.length, check_runs: page }));
}
