import type { Rating, VulnerabilityPolicy } from "../../model/vulnerability.js";
import type { YamlSource } from "../yaml/source.js";
import type { FileOf } from "./schema/file-types.js";
import { asFlag, asMapping, asText, optional, type Read } from "./value.js";

/** Reads policies/vulnerabilities.yaml. */
export function readVulnerabilities(value: FileOf<"vulnerabilities">, source: YamlSource): Read<VulnerabilityPolicy> {
  const file = asMapping(value);
  const { directory, mirror } = asMapping(file.advisories);
  const { enforce, warn, unknown } = asMapping(file.severity);
  const result = {
    ...optional("directory", directory),
    ...optional("mirror", mirror),
    ...(optional("enforce", enforce) as { enforce?: Rating }),
    ...(optional("warn", warn) as { warn?: Rating }),
    unknown: (asText(unknown) || "warn") as VulnerabilityPolicy["unknown"],
    isFixableOnly: asFlag(file["fixable-only"], false),
    isInBuild: asFlag(file["in-build"], false),
    source,
  };
  return { result, diagnostics: [] };
}
