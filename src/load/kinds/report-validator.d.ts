/**
 * report-validator.js is compiled from src/load/kinds/schema/report.ts by scripts/generate.ts. It stops at the first error: a list
 * of all that a hostile report has would be larger than the report.
 */
export declare const report: {
  (value: unknown): boolean;
  /** Of the last call. */
  errors?: { readonly instancePath: string; readonly message?: string }[] | null;
};
