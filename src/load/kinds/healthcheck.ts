import type { Healthcheck } from "../../model/definition.js";
import { errorAt } from "../../model/diagnostic.js";
import { parseDuration } from "../../model/duration.js";
import type { YamlValue } from "../yaml/value.js";
import type { BodyPlace } from "./body-place.js";
import { readCommand } from "./command.js";
import { asMapping, asText } from "./value.js";

/** Below this Docker refuses an interval or a timeout that is not 0 (nanoseconds). */
const MIN_DURATION = 1_000_000;
/** What Go's 64 bits hold, about 292 years. */
const MAX_DURATION = 2 ** 63 - 1;

/** Reads `run.healthcheck`; durations that Docker would refuse are reported and left out. */
export function readHealthcheck(value: YamlValue, { source, pointer, diagnostics }: BodyPlace): Healthcheck {
  if (typeof value === "string") return { type: "none" };
  const check = asMapping(value);
  const duration = (key: string) => {
    const text = check[key];
    if (text === undefined || text === "") return undefined;
    const nanoseconds = parseDuration(asText(text));
    if (nanoseconds === 0 || (nanoseconds >= MIN_DURATION && nanoseconds < MAX_DURATION)) return nanoseconds;
    const place = source.at(`${pointer}/run/healthcheck/${key}`);
    const limit = nanoseconds < MIN_DURATION ? "at least one millisecond" : "less than 292 years";
    diagnostics.push(errorAt(place, "invalid-value", `\`${key}\` must be ${limit}`));
    return undefined;
  };
  const interval = duration("interval");
  const timeout = duration("timeout");
  const startPeriod = duration("start-period");
  return {
    type: "command",
    command: readCommand(check.command ?? ""),
    ...(interval === undefined ? {} : { interval }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(startPeriod === undefined ? {} : { startPeriod }),
    ...(check.retries === undefined || check.retries === "" ? {} : { retries: Number(check.retries) }),
  };
}
