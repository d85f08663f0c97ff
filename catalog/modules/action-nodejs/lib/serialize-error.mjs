/** How deep causes and details are followed. */
const DEPTH = 8;

/**
 * An error as JSON can say it: its name, message and stack, and what else it has. Other values stay what they are.
 *
 * @param {unknown} value
 * @returns {unknown}
 */
export const serializeError = (value) => plain(value, []);

/**
 * @param {unknown} value
 * @param {readonly unknown[]} above
 * @returns {unknown}
 */
function plain(value, above) {
  if (typeof value === "function") return `[Function: ${value.name || "anonymous"}]`;
  if (typeof value === "bigint" || typeof value === "symbol") return String(value);
  if (typeof value !== "object" || value === null) return value;
  if (above.includes(value)) return "[Circular]";
  if (above.length === DEPTH) return "[Object]";
  const within = [...above, value];
  if (Array.isArray(value)) return value.map((each) => plain(each, within));
  if (typeof (/** @type {any} */ (value).toJSON) === "function") return value;
  /** @type {Record<string, unknown>} */
  const result = {};
  if (value instanceof Error)
    for (const key of /** @type {const} */ (["name", "message", "stack", "cause"]))
      if (value[key] !== undefined) result[key] = plain(value[key], within);
  for (const [key, each] of Object.entries(value)) result[key] = plain(each, within);
  return result;
}
