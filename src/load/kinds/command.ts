import type { Command } from "../../model/definition.js";
import type { YamlValue } from "../yaml/value.js";
import { asList, asText } from "./value.js";

/** Text is run by the shell, a list is executed as it stands. */
export function readCommand(value: YamlValue): Command {
  return typeof value === "string" ? { form: "shell", text: value } : { form: "exec", argv: asList(value).map(asText) };
}
