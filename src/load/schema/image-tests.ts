import * as form from "./forms.js";
import { listOf, mappingOf, type Schema, text } from "./schema.js";

const EXPECTATION = {
  type: ["string", "object"],
  ...form.ANY_TEXT,
  description: "Text that must be contained, or a mapping of which every part must hold.",
  properties: {
    equals: text(form.ANY_TEXT, "The whole output, white space at its end left aside."),
    contains: text(form.ANY_TEXT, "A part of the output."),
    matches: text(form.ANY_TEXT, "A JavaScript regular expression that matches somewhere in the output.", {
      maxLength: 1000,
    }),
  },
  additionalProperties: false,
} as const satisfies Schema;

const COMMAND_TEST = mappingOf(
  {
    name: text(form.LINE, "Name for reports. Default: the command."),
    command: {
      type: ["string", "array"],
      ...form.COMMAND,
      items: text(form.ANY_TEXT, "One argument."),
      minItems: 1,
      description: "Run in a container of the image. Text: by the shell; a list: as it stands.",
    },
    exit: { type: "integer", minimum: 0, maximum: 255, default: 0, description: "The expected exit code." },
    stdout: { ...EXPECTATION, description: "What standard output must be. Text: it must be contained." },
    stderr: { ...EXPECTATION, description: "What standard error must be. Text: it must be contained." },
    user: text(form.OWNER, "The user to run as. Default: the image's own."),
    timeout: {
      type: "integer",
      minimum: 1,
      maximum: 86_400,
      default: 60,
      description: "Seconds after which the test has failed.",
    },
  },
  "A command and what it must answer.",
  { required: ["command"] },
);

const FILE_TEST = mappingOf(
  {
    name: text(form.LINE, "Name for reports. Default: the path."),
    file: text(form.ABSOLUTE_PATH, "Absolute path in the image."),
    exists: { type: "boolean", default: true, description: "false: the file must not be there." },
    mode: text(form.FILE_MODE, "Octal permissions the file must have."),
    contains: text(form.ANY_TEXT, "Text the file must contain."),
  },
  "A file that must be there.",
);

/** Which of the two a test is, its keys say; so that each mistake is measured against the right one. */
export const TESTS = listOf(
  {
    type: "object",
    if: { type: "object", required: ["file"] },
    // biome-ignore lint/suspicious/noThenProperty: it is JSON Schema's keyword.
    then: FILE_TEST,
    else: COMMAND_TEST,
  },
  "What is tested in the built image before it is published. Images that derive from it run the tests too.",
);
