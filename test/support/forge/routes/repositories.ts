import { permissionOf } from "../access.js";
import type { PartOf, Schemas } from "../answers.js";
import * as answers from "../answers.js";
import { ApiError, notFound } from "../api-error.js";
import type { Call } from "../call.js";
import { afterMoves } from "../pull-requests.js";
import { noContent, ok, type Route } from "../route.js";

const READ = { user: "read", app: "read", scopes: ["contents"] } as const;
const WRITE = { user: "write", app: "write", scopes: ["contents"] } as const;

/** Repositories, branches and refs. */
export const repositoryRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/repos/{owner}/{repo}",
    handle: ({ state, token, repository }) => {
      const permission = token && permissionOf(state, repository, token.account.login);
      const permissions: PartOf<Schemas["full-repository"]["permissions"]> = {
        admin: permission === "admin",
        push: permission !== "read" && permission !== "none",
        pull: true,
      };
      return ok({ ...answers.repository(repository), ...(token && { permissions }) });
    },
  },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/branches/{branch}",
    needs: READ,
    handle: async (call) => {
      const name = call.param("branch");
      const sha = await call.repository.git.commit(`refs/heads/${name}`);
      if (sha === null) throw new ApiError(404, "Branch not found");
      const isProtected = call.repository.protection.has(name);
      return ok({ name, commit: { sha }, protected: isProtected } satisfies PartOf<Schemas["branch-with-protection"]>);
    },
  },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/git/ref/{ref}",
    needs: READ,
    handle: async (call) => {
      const name = `refs/${call.param("ref")}`;
      const sha = await call.repository.git.commit(name);
      if (sha === null) throw notFound();
      return ok(answers.ref(name, sha));
    },
  },
  {
    method: "DELETE",
    path: "/repos/{owner}/{repo}/git/refs/{ref}",
    needs: WRITE,
    handle: (call) => call.state.turn(() => deleteRef(call)),
  },
];

async function deleteRef(call: Call) {
  const { state, repository } = call;
  const name = `refs/${call.param("ref")}`;
  const branch = name.replace(/^refs\/heads\//, "");
  if ((await repository.git.commit(name)) === null) throw new ApiError(422, "Reference does not exist");
  if (repository.protection.has(branch) || branch === repository.defaultBranch)
    throw new ApiError(422, "Cannot delete protected branch");
  const before = await repository.git.branches();
  await repository.git.run(["update-ref", "-d", name]);
  await afterMoves(state, repository, { before, after: await repository.git.branches() });
  return noContent();
}
