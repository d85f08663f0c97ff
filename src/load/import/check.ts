import { readDocument } from "../kinds/document.js";
import { MAX_YAML_BYTES } from "../limits.js";

/**
 * What the loader would refuse in a definition that is about to be written: nothing imported may be rejected
 * afterwards.
 */
export function loadProblems(path: string, text: string): string[] {
  if (!/^images\/[^/]+\/image\.yaml$/.test(path)) return [];
  if (Buffer.byteLength(text) > MAX_YAML_BYTES)
    return [`${path} would be larger than the ${MAX_YAML_BYTES} bytes that a definition may have`];
  return readDocument("image", path, Buffer.from(text))
    .diagnostics.filter(({ severity }) => severity === "error")
    .map(
      ({ file, line, column, message }) =>
        `what would be written is not a definition: ${file}:${line}:${column}: ${message}`,
    );
}
