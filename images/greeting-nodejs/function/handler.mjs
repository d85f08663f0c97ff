/** The caller's mistake: the answer is 400. */
class InputError extends Error {
  /** @override */
  name = "InputError";
}

/**
 * Greets whoever the payload names.
 *
 * @param {Record<string, unknown>} _context
 * @param {{name?: string} | null} payload
 */
export async function handle(_context, payload) {
  if (payload?.name === undefined) throw new InputError("name is missing");
  console.log("greeting", payload.name);
  return { greeting: `Hello, ${payload.name}!` };
}
