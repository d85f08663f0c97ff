/**
 * The text of one member of a JSON object, exactly as it was sent: what JavaScript makes of a number has 53 bits, and an action may know
 * numbers that are longer.
 *
 * @param {string} json an object; it has been parsed before, so it is known to be sound
 * @param {string} name
 * @returns {string | undefined} of several members with one name the last, as JSON.parse has it
 */
export function memberText(json, name) {
  /** @type {string | undefined} */
  let found;
  /** @type {string | undefined} */
  let key;
  let start = 0;
  let depth = 0;
  const endMember = (/** @type {number} */ at) => {
    if (key === name) found = json.slice(start, at).trim();
    key = undefined;
  };
  for (let at = 0; at < json.length; at++) {
    switch (json[at]) {
      case '"': {
        const end = endOfString(json, at);
        if (depth === 1 && key === undefined) {
          key = /** @type {string} */ (JSON.parse(json.slice(at, end)));
          start = json.indexOf(":", end) + 1;
        }
        at = end - 1;
        break;
      }
      case "{":
      case "[":
        depth += 1;
        break;
      case "}":
      case "]":
        if (depth === 1) endMember(at);
        depth -= 1;
        break;
      case ",":
        if (depth === 1) endMember(at);
        break;
    }
  }
  return found;
}

/**
 * @param {string} json
 * @param {number} start of a string, at its quote
 * @returns {number} behind its closing quote
 */
function endOfString(json, start) {
  for (let end = json.indexOf('"', start + 1); ; end = json.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (json[end - 1 - backslashes] === "\\") backslashes += 1;
    if (backslashes % 2 === 0) return end + 1;
  }
}
