import { list, type Route } from "../route.js";

const READ = { user: "read", app: "read", scopes: ["contents"] } as const;

/** Workflow runs and their artifacts. The forge runs no workflows itself; a test adds runs with Forge.ran. */
export const runRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/actions/runs",
    needs: READ,
    handle: ({ repository, query }) => {
      const asked = (name: string, value: string) => (query.get(name) ?? value) === value;
      const runs = repository.runs.filter(({ headSha, event }) => asked("head_sha", headSha) && asked("event", event));
      const answers = runs.map(({ id, headSha, headBranch, headRepository }) => {
        return { id, head_sha: headSha, head_branch: headBranch, head_repository: { id: headRepository.id } };
      });
      return list(answers, (page) => ({ total_count: answers.length, workflow_runs: page }));
    },
  },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/actions/runs/{run_id}/artifacts",
    needs: READ,
    handle: (call) => {
      const name = call.query.get("name");
      const kept = call.repository.runs.find(({ id }) => id === Number(call.param("run_id")))?.artifacts ?? [];
      const answers = kept
        .filter((artifact) => name === null || artifact === name)
        .map((artifact) => {
          return { name: artifact, expired: false };
        });
      return list(answers, (page) => ({ total_count: answers.length, artifacts: page }));
    },
  },
];
