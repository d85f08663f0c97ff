import { CONTROL, CONTROL_IN_TEXT, type Form, HIDDEN } from "./form.js";

/** Text of several lines. May be empty. */
export const ANY_TEXT: Form = {
  pattern: `^[^${CONTROL_IN_TEXT}${HIDDEN}]*$`,
  patternErrorMessage: "text without control characters",
};

/** One line. May be empty. */
export const LINE: Form = {
  pattern: `^[^${CONTROL}${HIDDEN}]*$`,
  patternErrorMessage: "one line of text without control characters",
};

export const COMMAND: Form = {
  pattern: `^(?=[\\s\\S]*\\S)[^${CONTROL_IN_TEXT}${HIDDEN}]+$`,
  patternErrorMessage: "a command: text that is not empty and holds no control characters",
};

/** A reason: what a person wrote for people. */
export const REASON: Form = {
  pattern: `^(?=[\\s\\S]*\\S)[^${CONTROL_IN_TEXT}${HIDDEN}]+$`,
  patternErrorMessage: "text that is not empty and holds no control characters",
  maxLength: 1000,
};
