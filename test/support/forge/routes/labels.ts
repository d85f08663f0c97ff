import * as answers from "../answers.js";
import { ApiError, invalid, notFound } from "../api-error.js";
import type { Call } from "../call.js";
import { created, list, ok, type Route } from "../route.js";
import type { Label } from "../state.js";

const SCOPES = ["issues", "pull_requests"] as const;
const READ = { user: "read", app: "read", scopes: SCOPES } as const;
const WRITE = { user: "write", app: "write", scopes: SCOPES } as const;
const RESOURCE = "Label";
const NAME = { resource: RESOURCE, limit: 50 };
/** The colour and description of a label that is created by adding it to an issue. */
const GREY = "ededed";

export const labelRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/labels",
    needs: READ,
    handle: ({ repository }) => list([...repository.labels.values()].map(answers.label)),
  },
  { method: "POST", path: "/repos/{owner}/{repo}/labels", needs: WRITE, handle: create },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/labels/{name}",
    needs: READ,
    handle: (call) => {
      const label = call.repository.labels.get(call.param("name").toLowerCase());
      if (label === undefined) throw notFound();
      return ok(answers.label(label));
    },
  },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/issues/{issue_number}/labels",
    needs: READ,
    handle: (call) => list(ofPull(call)),
  },
  { method: "POST", path: "/repos/{owner}/{repo}/issues/{issue_number}/labels", needs: WRITE, handle: add },
  {
    method: "DELETE",
    path: "/repos/{owner}/{repo}/issues/{issue_number}/labels/{name}",
    needs: WRITE,
    handle: (call) => {
      if (!call.pull.labels.delete(call.param("name").toLowerCase())) throw new ApiError(404, "Label does not exist");
      return ok(ofPull(call));
    },
  },
];

function ofPull({ repository, pull }: Call) {
  return [...pull.labels].flatMap((key) => repository.labels.get(key) ?? []).map(answers.label);
}

function create(call: Call) {
  const name = call.required("name", NAME);
  const color = call.text("color", { resource: RESOURCE }) ?? GREY;
  const description = call.text("description", { resource: RESOURCE, limit: 100 }) ?? null;
  // Six digits without the `#`.
  if (!/^[0-9a-f]{6}$/i.test(color)) throw invalid(RESOURCE, "color", "invalid");
  if (call.repository.labels.has(name.toLowerCase())) throw invalid(RESOURCE, "name", "already_exists");
  return created(answers.label(store(call, { name, color, description })));
}

/** Creates missing labels. */
function add(call: Call) {
  const names = call.field("labels");
  if (!Array.isArray(names)) throw invalid(RESOURCE, "labels", "missing_field");
  const wanted = names.map((name: unknown) => {
    if (typeof name !== "string" || name === "") throw invalid(RESOURCE, "name", "invalid");
    if (name.length > NAME.limit)
      throw invalid(RESOURCE, "name", "custom", "name is too long (maximum is 50 characters)");
    return name;
  });
  for (const name of wanted) {
    if (!call.repository.labels.has(name.toLowerCase())) store(call, { name, color: GREY, description: null });
    call.pull.labels.add(name.toLowerCase());
  }
  return ok(ofPull(call));
}

function store({ state, repository }: Call, label: Omit<Label, "id">): Label {
  const stored = { id: state.id(), ...label };
  repository.labels.set(label.name.toLowerCase(), stored);
  return stored;
}
