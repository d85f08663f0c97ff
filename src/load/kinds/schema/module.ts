import { BODY, ONE_SYSTEM_LIST } from "./body.js";
import * as nameForm from "./forms/names.js";
import * as textForm from "./forms/texts.js";
import { kind, mappingOf, text } from "./schema.js";

/** The file of a module: `catalog/modules/…/module.yaml`. */
export const MODULE_SCHEMA = mappingOf(
  {
    kind: kind("Module"),
    name: text(nameForm.MODULE_NAME, "Name of the module."),
    version: text(nameForm.IMAGE_VERSION, "Version of the module; several may be in the catalogue."),
    description: text(textForm.ANY_TEXT, "What the module is for."),
    ...BODY,
  },
  "A reusable part of image definitions.",
  {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Module",
    required: ["name", "version"],
    ...ONE_SYSTEM_LIST,
  },
);
