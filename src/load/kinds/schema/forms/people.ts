import type { Form } from "./form.js";

/*
 * GitHub's logins: letters, digits and single hyphens between them; those that an enterprise manages end in `_` and
 * its short code. Applications (`name[bot]`) are not included: they own and approve nothing.
 */
const LOGIN_NAME = "[A-Za-z0-9](?:-?[A-Za-z0-9])*(?:_[A-Za-z0-9]+)?";
const TEAM_NAME = `[A-Za-z0-9](?:-?[A-Za-z0-9])*/[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?`;

/** Linux user and group names (useradd(8)) or numbers. */
export const OWNER: Form = {
  pattern: "^[A-Za-z0-9_][A-Za-z0-9_.-]*(?::[A-Za-z0-9_][A-Za-z0-9_.-]*)?$",
  patternErrorMessage: "`user` or `user:group`, as names or numbers",
  maxLength: 128,
};

export const LOGIN: Form = {
  pattern: `^${LOGIN_NAME}$`,
  patternErrorMessage: "a person's login: letters, digits and single hyphens, without `@`",
  maxLength: 39,
};

export const TEAM: Form = {
  pattern: `^${TEAM_NAME}$`,
  patternErrorMessage: "`organisation/team`, the team as its address has it: lower-case letters, digits, `-` and `_`",
  maxLength: 140,
};

/** Who answers for something. */
export const MENTION: Form = {
  pattern: `^@(?:${LOGIN_NAME}|${TEAM_NAME})$`,
  patternErrorMessage: "`@login` or `@organisation/team`",
  maxLength: 140,
};
