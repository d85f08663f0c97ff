import { existsSync } from "node:fs";
import { cp } from "node:fs/promises";
import { ROOT } from "./actions/files.js";
import { archiveAccess } from "./archive-access.js";
import { TestCatalogue } from "./catalogue.js";
import type { Workspace } from "./workspace.js";

/** A copy of this repository's catalogue, committed in a repository of its own. */
export async function referenceCatalogue(workspace: Workspace): Promise<TestCatalogue> {
  const catalogue = await TestCatalogue.empty(workspace, "catalogue", { ".gitignore": ".slipway/\n" });
  for (const path of ["slipway.yaml", "slipway.lock", "catalog", "images", "policies"])
    await cp(`${ROOT}${path}`, catalogue.path(path), { recursive: true });
  await catalogue.commit("The reference catalogue");
  return catalogue;
}

/** The environment of `npm start`, including this machine's way to npm's packages. */
export const referenceEnv = (workspace: Workspace): Record<string, string> => ({
  ...workspace.env,
  ...archiveAccess(),
  ...npmAccess(process.env),
});

function npmAccess(from: NodeJS.ProcessEnv): Record<string, string> {
  const userconfig = from.npm_config_userconfig ?? `${from.HOME}/.npmrc`;
  const values: NodeJS.ProcessEnv = {
    ...from,
    ...(existsSync(userconfig) ? { npm_config_userconfig: userconfig } : {}),
  };
  const wanted = ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "npm_config_registry", "npm_config_userconfig"];
  return Object.fromEntries(wanted.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])));
}
