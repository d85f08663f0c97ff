/** What a report of the gate may hold at most: the writer keeps to it, the reader refuses what does not. */
export const GATE_LIMITS = {
  /** Bytes of report.json. */
  bytes: 20 * 1024 * 1024,
  /** All but `images` are cut down by the writer: a plan that leaves out images would be a lie. */
  images: 20_000,
  unchanged: 100_000,
  diagnostics: 1000,
  conflicts: 1000,
  requirements: 200,
  paths: 1000,
  owners: 200,
  reasons: 50,
  /** Images that a reason passes on its way. */
  via: 64,
  packages: 2000,
  tail: 100,
  /** Characters (UTF-16 units) of … */
  line: 2000,
  message: 8000,
  path: 4096,
  diff: 128 * 1024,
} as const;
