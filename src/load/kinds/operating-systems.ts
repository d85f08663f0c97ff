import type { OperatingSystems } from "../../model/catalogue.js";
import type { YamlSource } from "../yaml/source.js";
import type { FileOf } from "./schema/file-types.js";
import { OPERATING_SYSTEMS_SCHEMA } from "./schema/operating-systems.js";
import { asMapping, asText, asWord, type Read, readList } from "./value.js";

/** Reads policies/operating-systems.yaml. */
export function readOperatingSystems(value: FileOf<"operatingSystems">, source: YamlSource): Read<OperatingSystems> {
  const { allowed, level } = asMapping(value);
  const isWarning = asWord(level, OPERATING_SYSTEMS_SCHEMA.properties.level) === "warn";
  return { result: { allowed: readList(allowed, asText), isWarning, source }, diagnostics: [] };
}
