import { drainOnSignals, serve, surviveStrayErrors } from "../../runtime-http/lib/serve.mjs";
import { CallLogs } from "./call-logs.mjs";
import { FunctionService } from "./function-service.mjs";
import { loadFunction } from "./load-function.mjs";
import { readSettings } from "./settings.mjs";

try {
  const settings = readSettings(process.env);
  const handler = await loadFunction(settings);
  const logs = new CallLogs(settings.logLimit);
  logs.install();
  const exit = process.exit;
  // A function that ends its process would take the other calls with it.
  process.exit = (code) => {
    if (logs.inCall) throw new Error(`the function called process.exit(${code ?? ""})`);
    return exit(code);
  };
  const functions = new FunctionService(handler, settings, logs);
  const server = await serve((request, path) => functions.handle(request, path), settings);
  surviveStrayErrors();
  drainOnSignals(server, () => exit(1));
  if (settings.port === 0) process.stderr.write(`listening on port ${server.port}\n`);
} catch (error) {
  process.stderr.write(`function-server: ${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}
