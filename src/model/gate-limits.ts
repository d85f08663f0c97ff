/** The limits of a gate report: the writer keeps to them, the reader refuses a report that does not. */
export const GATE_LIMITS = {
  /** Bytes of report.json. */
  bytes: 20 * 1024 * 1024,
  /** The writer shortens every list but `images`: a plan that leaves out images would be a lie. */
  images: 20_000,
  unchanged: 100_000,
  diagnostics: 1000,
  conflicts: 1000,
  requirements: 200,
  paths: 1000,
  owners: 200,
  reasons: 50,
  /** Images that a reason passes through. */
  via: 64,
  packages: 2000,
  tail: 100,
  /** Characters (UTF-16 units) of … */
  line: 2000,
  message: 8000,
  path: 4096,
  diff: 128 * 1024,
} as const;
