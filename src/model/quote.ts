/** UTF-16 units of a text that a message repeats. */
const MAX_QUOTED = 60;

/** A name or value in a message. Control characters are left to the printer. */
export const quote = (text: string) => `\`${text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text}\``;
