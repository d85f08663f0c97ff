/** What hostile images know of the machine that they are built on. */
export interface HostFacts {
  /** A directory of root's with the files `secret` and `victim`. */
  readonly directory: string;
  /** The text of `secret`. */
  readonly secret: string;
  /** A server on the loopback interface: `/archive/`, `/evil/`, and any other path is recorded. */
  readonly url: string;
  /** Name of an abstract socket, without its NUL. */
  readonly socket: string;
  /** Number of a process that does nothing. */
  readonly pid: number;
  /** Major and minor number of the device of the root file system. */
  readonly device: readonly [number, number];
}

/**
 * One hostile image. `clean`: it may be built or fail, but nothing else changes, and it does not reach what it must not: its commands
 * write `/escaped` when they do, and a test of the image fails then. `refused`: its contents are not approved, said at its definition.
 * Otherwise the codes of the diagnostics that refuse or warn of the definition, with their places.
 */
export interface HostileRow {
  /** Also the name of the image, and part of the name of every file that it leaves somewhere. */
  readonly name: string;
  /** Keys of the definition; it derives from `python` and asks for the package `tool`. */
  readonly image: Readonly<Record<string, unknown>>;
  readonly expect: "clean" | "refused" | readonly string[];
  /** Definitions of further images by name, which the row needs, and keys as above. */
  readonly more?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** A row whose image does only this, whatever it comes to. */
export const attempt = (name: string, ...commands: readonly string[]): HostileRow => ({
  name,
  image: { setup: [`${commands.join("\n")}\ntrue`] },
  expect: "clean",
});

/** The same for contents that must not be published. */
export const brings = (name: string, ...commands: readonly string[]): HostileRow => ({
  name,
  image: { setup: [commands.join("\n")] },
  expect: "refused",
});

/** Python of the base, so that no shell's lack of a system call protects anybody. */
export const python = (...lines: readonly string[]) => `python3 - <<'PYTHON' 2>/dev/null\n${lines.join("\n")}\nPYTHON`;
