import type { Language } from "../model/language.js";

/** Written by scripts/generate.ts from src/languages/NAME/language.yaml. */
export declare const BUILT_IN_LANGUAGES: readonly Language[];
