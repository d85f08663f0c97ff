/**
 * A whole number of the environment.
 *
 * @param {NodeJS.ProcessEnv} env
 * @param {string} name
 * @param {{otherwise: number, from: number, to?: number}} bounds
 * @returns {number} throws where the variable says something else
 */
export function wholeNumber(env, name, { otherwise, from, to = Number.MAX_SAFE_INTEGER }) {
  const text = env[name] ?? "";
  if (text === "") return otherwise;
  const value = Number(text);
  if (/^[0-9]+$/.test(text) && value >= from && value <= to) return value;
  throw new Error(`${name} is ${JSON.stringify(text)}; it must be a whole number from ${from} to ${to}`);
}
