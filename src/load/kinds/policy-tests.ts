import type { ImageDefinition } from "../../model/definition.js";
import type { Diagnostic } from "../../model/diagnostic.js";
import type { PackageType, Why } from "../../model/inventory.js";
import type { ImageName } from "../../model/names.js";
import type { PolicyTest, PolicyTestPackage } from "../../model/policies.js";
import { YamlSource } from "../yaml/source.js";
import type { YamlValue } from "../yaml/value.js";
import { readImage } from "./image.js";
import type { FileOf } from "./schema/file-types.js";
import { CONTENT } from "./schema/policy-tests.js";
import { asMapping, asText, asWord, type MappingOf, optional, type Read, readList } from "./value.js";

/** Reads policies/tests/*.yaml. */
export function readPolicyTests(value: FileOf<"policyTests">, source: YamlSource): Read<readonly PolicyTest[]> {
  const diagnostics: Diagnostic[] = [];
  const result = readList(asMapping(value).tests, (given, index): PolicyTest => {
    const entry = asMapping(given);
    const pointer = `/tests/${index}`;
    const { contents, warn } = entry;
    return {
      name: asText(entry.name),
      image: readTested(entry.image as YamlValue, new PartOfSource(source, `${pointer}/image`), diagnostics),
      ...(contents === undefined ? {} : { contents: readList(contents, readContent) }),
      expect: Array.isArray(entry.expect) ? sorted(entry.expect) : [],
      ...(warn === undefined ? {} : { warn: sorted(readList(warn, asText)) }),
      source,
      pointer,
    };
  });
  return { result, diagnostics };
}

/** Names and versions mean nothing in a test; these need no quotes. */
const UNNAMED = { name: "policy-test", version: "1" };

function readTested(value: YamlValue, source: YamlSource, diagnostics: Diagnostic[]): ImageDefinition | ImageName {
  if (typeof value === "string") return value as ImageName;
  const read = readImage({ ...UNNAMED, ...asMapping(value) }, source);
  diagnostics.push(...read.diagnostics);
  return read.result;
}

type Tests = MappingOf<FileOf<"policyTests">>["tests"];
type Content = MappingOf<Extract<Tests, readonly unknown[]>[number]>["contents"];

function readContent(given: Extract<Content, readonly unknown[]>[number]): PolicyTestPackage {
  const { type, name, version, license, why } = asMapping(given);
  const read = { type: asText(type) as PackageType, name: asText(name), version: asText(version) };
  return { ...read, ...optional("license", license), why: WHY[asWord(why, CONTENT.properties.why)] };
}

const WHY: Readonly<Record<(typeof CONTENT.properties.why.enum)[number], Why>> = {
  asked: { type: "asked" },
  needed: { type: "needed", by: [] },
  system: { type: "system" },
  unasked: { type: "unasked" },
};

const sorted = (codes: readonly string[]) => [...new Set(codes)].sort();

/** A part of a file that is read like a file of its own. */
class PartOfSource extends YamlSource {
  constructor(
    readonly whole: YamlSource,
    readonly prefix: string,
  ) {
    super(whole.file, whole.text);
  }

  override at(pointer: string, part: "key" | "value" = "value") {
    return this.whole.at(this.prefix + pointer, part);
  }

  override scalar(pointer: string) {
    return this.whole.scalar(this.prefix + pointer);
  }
}
