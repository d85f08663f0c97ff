import { existsSync } from "node:fs";
import { drainOnSignals, serve, surviveStrayErrors } from "../../runtime-http/lib/serve.mjs";
import { ActionRunner } from "./action-runner.mjs";
import { ActionService } from "./action-service.mjs";
import { ActivationLogs } from "./activation-logs.mjs";
import { readSettings } from "./settings.mjs";

// An image may bring a runner of its own:
//   import { ActionRunner } from "./proxy/action-runner.mjs";
//   export class Runner extends ActionRunner { … }
const OWN_RUNNER = new URL("../runner.mjs", import.meta.url);

/** @returns {Promise<typeof ActionRunner>} */
async function runnerClass() {
  if (!existsSync(OWN_RUNNER)) return ActionRunner;
  const { Runner } = await import(OWN_RUNNER.href);
  if (Runner?.prototype instanceof ActionRunner) return Runner;
  throw new Error(`${OWN_RUNNER.pathname} does not export a class Runner that extends ActionRunner`);
}

try {
  const Runner = await runnerClass();
  const settings = readSettings(process.env);
  const logs = new ActivationLogs(process.stdout, process.stderr);
  const actions = new ActionService(new Runner(settings, logs), settings, logs);
  const server = await serve((request, path, signal) => actions.handle(request, path, signal), settings);
  surviveStrayErrors();
  drainOnSignals(server, () => actions.hurry());
  // With PORT=0 nobody would know it. Otherwise nothing is said: the logs are the actions'.
  if (settings.port === 0) process.stderr.write(`listening on port ${server.port}\n`);
} catch (error) {
  process.stderr.write(`action-proxy: ${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}
