/** Written by scripts/generate.ts from render/templates/*.hbs. */
export declare const PRECOMPILED: Readonly<Record<string, TemplateSpecification>>;
