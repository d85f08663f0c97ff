import type { Rating, VulnerabilityPolicy } from "../../model/vulnerability.js";
import type { YamlSource } from "../yaml/source.js";
import type { FileOf } from "./schema/file-types.js";
import { VULNERABILITIES_SCHEMA } from "./schema/vulnerabilities.js";
import { asFlag, asMapping, asWord, optional, type Read } from "./value.js";

/** Reads policies/vulnerabilities.yaml. */
export function readVulnerabilities(value: FileOf<"vulnerabilities">, source: YamlSource): Read<VulnerabilityPolicy> {
  const file = asMapping(value);
  const { directory, mirror } = asMapping(file.advisories);
  const { enforce, warn, unknown } = asMapping(file.severity);
  const { severity, ...keys } = VULNERABILITIES_SCHEMA.properties;
  const result = {
    ...optional("directory", directory),
    ...optional("mirror", mirror),
    ...(optional("enforce", enforce) as { enforce?: Rating }),
    ...(optional("warn", warn) as { warn?: Rating }),
    unknown: asWord(unknown, severity.properties.unknown),
    isFixableOnly: asFlag(file["fixable-only"], keys["fixable-only"]),
    isInBuild: asFlag(file["in-build"], keys["in-build"]),
    source,
  };
  return { result, diagnostics: [] };
}
