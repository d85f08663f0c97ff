import runtime from "handlebars/runtime.js";
import { PRECOMPILED } from "./precompiled.js";
import type { InstallData, TemplateData } from "./prepare.js";
import type { Templates } from "./render.js";

// The package types its runtime as an empty module.
const Handlebars = runtime as unknown as typeof import("handlebars");

/** Slipway's own templates, compiled when Slipway is built (scripts/generate.ts): the compiler is half of Handlebars' start-up. */
export function builtInTemplates(): Templates {
  const template = <T>(name: string) => {
    const spec = PRECOMPILED[name];
    if (spec === undefined) throw new Error(`no template named ${name}`);
    return Handlebars.template<T>(spec);
  };
  const managers = Object.keys(PRECOMPILED).filter((name) => name !== "containerfile");
  return {
    containerfile: template<TemplateData>("containerfile"),
    install: new Map(managers.map((name) => [name, template<InstallData>(name)])),
  };
}
