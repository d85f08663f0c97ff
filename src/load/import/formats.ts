import { DESCRIPTOR } from "./descriptor/descriptor.js";
import { DOCKERFILE } from "./dockerfile/dockerfile.js";
import { FUNCTION_PLATFORM } from "./function-platform.js";
import type { ForeignFormat } from "./imported.js";
import { PACKAGE_JSON, REQUIREMENTS } from "./manifest.js";
import { NATIVE } from "./native-file.js";

/** Every format that can be imported. The first that recognises a file reads it, so the surer ones come first. */
const FORMATS: readonly ForeignFormat[] = [
  REQUIREMENTS,
  PACKAGE_JSON,
  FUNCTION_PLATFORM,
  NATIVE,
  DESCRIPTOR,
  DOCKERFILE,
];

export const FORMAT_NAMES = FORMATS.map(({ name }) => name);

/** The format of a file, by its name (without folders) and content. */
export const formatOf = (name: string, text: string): ForeignFormat | undefined =>
  FORMATS.find((format) => format.recognises(name, text));
