import runtime from "handlebars/runtime.js";
import type { InstallData } from "./install.js";
import { PRECOMPILED } from "./precompiled.js";
import type { Templates } from "./render.js";

// The package types its runtime as an empty module.
const Handlebars = runtime as unknown as typeof import("handlebars");

/** Slipway's own templates, compiled when Slipway is built (scripts/generate.ts): the compiler is half of Handlebars' start-up time. */
export function builtInTemplates(): Templates {
  return new Map(Object.entries(PRECOMPILED).map(([name, spec]) => [name, Handlebars.template<InstallData>(spec)]));
}
