import { drainOnSignals, serve, surviveStrayErrors } from "../../runtime-http/lib/serve.mjs";
import { ActionService } from "./action-service.mjs";
import { ActivationLogs } from "./activation-logs.mjs";
import { Runner } from "./runner.mjs";
import { readSettings } from "./settings.mjs";

try {
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
