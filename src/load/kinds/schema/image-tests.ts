import * as addressForm from "./forms/addresses.js";
import * as pathForm from "./forms/paths.js";
import * as personForm from "./forms/people.js";
import * as textForm from "./forms/texts.js";
import { listOf, mappingOf, type Schema, text } from "./schema.js";

const EXPECTATION = {
  type: ["string", "object"],
  ...textForm.ANY_TEXT,
  description: "Text that must be contained, or a mapping of which every part must hold.",
  properties: {
    equals: text(textForm.ANY_TEXT, "The whole output, ignoring white space at its end."),
    contains: text(textForm.ANY_TEXT, "A part of the output."),
    matches: text(textForm.ANY_TEXT, "A JavaScript regular expression that matches somewhere in the output.", {
      maxLength: 1000,
    }),
  },
  additionalProperties: false,
} as const satisfies Schema;

/** Seconds. */
export const TIMEOUT = { type: "integer", minimum: 1, maximum: 86_400, default: 60 } as const satisfies Schema;

export const COMMAND_TEST = mappingOf(
  {
    name: text(textForm.LINE, "Name for reports. Default: the command."),
    command: {
      type: ["string", "array"],
      ...textForm.COMMAND,
      items: text(textForm.ANY_TEXT, "One argument."),
      minItems: 1,
      description: "Run in a container of the image. Text: by the shell; a list: as it stands.",
    },
    exit: { type: "integer", minimum: 0, maximum: 255, default: 0, description: "The expected exit code." },
    stdout: { ...EXPECTATION, description: "What standard output must be. Text: it must be contained." },
    stderr: { ...EXPECTATION, description: "What standard error must be. Text: it must be contained." },
    user: text(personForm.OWNER, "The user to run as. Default: the image's own."),
    timeout: { ...TIMEOUT, description: "Seconds after which the test has failed." },
  },
  "A command and its expected result.",
  { required: ["command"] },
);

export const FILE_TEST = mappingOf(
  {
    name: text(textForm.LINE, "Name for reports. Default: the path."),
    file: text(pathForm.ABSOLUTE_PATH, "Absolute path in the image."),
    exists: { type: "boolean", default: true, description: "false: the file must not be there." },
    mode: text(pathForm.FILE_MODE, "Octal permissions the file must have."),
    contains: text(textForm.ANY_TEXT, "Text the file must contain."),
  },
  "A file that must be there.",
);

/** RFC 9110, section 5.1. */
const HEADER_NAMES = { propertyNames: addressForm.HEADER_NAME } as const;

export const ANSWER = mappingOf(
  {
    status: { type: "integer", minimum: 200, maximum: 599, default: 200, description: "The status." },
    headers: {
      type: "object",
      ...HEADER_NAMES,
      additionalProperties: { ...EXPECTATION, description: "What a header must be. Text: it must be contained." },
      description: "Headers of the answer, by name in any case.",
    },
    body: { ...EXPECTATION, description: "What the body must be. Text: it must be contained." },
    json: text(textForm.COMMAND, "JSON that the body must be equal to; order and white space do not count."),
  },
  "The expected answer.",
);

export const REQUEST = mappingOf(
  {
    method: text(addressForm.HTTP_METHOD, "Default: GET, and POST with `json` or `body`."),
    path: text(addressForm.REQUEST_PATH, "Path and query, for instance `/run?fast=1`.", { default: "/" }),
    headers: {
      type: "object",
      ...HEADER_NAMES,
      additionalProperties: text(textForm.LINE, "A value."),
      description: "Headers that are sent, by name.",
    },
    json: text(textForm.COMMAND, "A JSON body, sent with the matching `content-type`."),
    body: text(textForm.ANY_TEXT, "Any other body."),
    answer: ANSWER,
  },
  "A request; redirections are not followed.",
  { not: { required: ["json", "body"] } },
);

const SERVE_TEST = mappingOf(
  {
    name: text(textForm.LINE, "Name for reports. Default: the port."),
    serve: mappingOf(
      {
        port: { type: "integer", minimum: 1, maximum: 65_535, description: "The port of TCP that it listens on." },
        ready: text(
          textForm.COMMAND,
          "Text in its output that shows that it is ready. Default: as soon as the port accepts connections.",
        ),
      },
      "Starts the image's entrypoint and cmd as its user, with no network except for the requests.",
      { required: ["port"] },
    ),
    requests: listOf(REQUEST, "Sent one after another."),
    stdout: { ...EXPECTATION, description: "What all of the server's standard output must be, after it was stopped." },
    stderr: { ...EXPECTATION, description: "What all of its standard error must be." },
    exit: {
      type: "integer",
      minimum: 0,
      maximum: 255,
      description: "The exit code after the image's stop signal (SIGTERM). Default: any, and it is killed after 10 s.",
    },
    timeout: { ...TIMEOUT, description: "Seconds within which it must be ready and have answered every request." },
  },
  "The image's own command as a server, and what it must answer.",
  { required: ["serve"] },
);

/** A test's keys tell which of the three it is, so that each mistake is judged by the right one. */
export const TESTS = listOf(
  {
    type: "object",
    if: { type: "object", required: ["file"] },
    // biome-ignore lint/suspicious/noThenProperty: it is JSON Schema's keyword.
    then: FILE_TEST,
    else: {
      type: "object",
      if: { type: "object", required: ["serve"] },
      // biome-ignore lint/suspicious/noThenProperty: it is JSON Schema's keyword.
      then: SERVE_TEST,
      else: COMMAND_TEST,
    },
  },
  "What is tested in the built image before it is published. Images that derive from it run the tests too.",
);
