import { join } from "node:path";
import { BareRepository } from "./bare-repository.js";
import type { Account, Repository, State } from "./state.js";

/** The account of a login, created when it is first named. */
export function account(state: State, login: string, kind: Account["kind"]): Account {
  const found = state.accounts.get(login) ?? { login, id: state.id(), kind };
  state.accounts.set(login, found);
  return found;
}

interface NewRepository {
  /** `owner/name` */
  readonly fullName: string;
  readonly public: boolean;
  /** The repository that it is a fork of. */
  readonly parent?: Repository;
}

/** Creates an empty repository, or a fork with its parent's branches, as OWNER/NAME.git below a directory. */
export async function makeRepository(state: State, directory: string, given: NewRepository): Promise<Repository> {
  const { fullName, parent = null } = given;
  if (state.repositories.has(fullName)) throw new Error(`the forge has a repository ${fullName} already`);
  const [owner = "", name = ""] = fullName.split("/");
  const defaultBranch = parent?.defaultBranch ?? "main";
  const repository: Repository = {
    id: state.id(),
    owner: account(state, owner, "User"),
    name,
    fullName,
    git: await BareRepository.create(join(directory, `${fullName}.git`), defaultBranch, parent?.git),
    public: given.public,
    parent,
    defaultBranch,
    people: new Map(),
    teams: new Map(),
    protection: new Map(),
    pulls: new Map(),
    comments: new Map(),
    labels: new Map(),
    checkRuns: new Map(),
    statuses: [],
    runs: [],
  };
  state.repositories.set(fullName, repository);
  return repository;
}
