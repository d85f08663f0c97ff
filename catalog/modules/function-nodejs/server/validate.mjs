// Fails the build of an image whose function would not start; a command of `setup`.
import { loadFunction } from "./load-function.mjs";
import { readSettings } from "./settings.mjs";

try {
  const settings = readSettings(process.env);
  await loadFunction(settings);
  process.stdout.write(`${settings.handler} of ${settings.directory} can be served\n`);
  // A function may have timers or connections of its own.
  process.exit(0);
} catch (error) {
  process.stderr.write(`function-validate: ${error instanceof Error ? (error.stack ?? error.message) : error}\n`);
  process.exit(1);
}
