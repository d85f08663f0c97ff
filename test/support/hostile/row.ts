/** What hostile images know of the machine that they are built on. */
export interface HostFacts {
  /** A directory of root's with the files `secret` and `victim`. */
  readonly directory: string;
  /** The text of `secret`. */
  readonly secret: string;
  /** A server on the loopback interface: `/archive/`, `/evil/`, and any other path is recorded. */
  readonly url: string;
  /** Another server there, which is no package source. */
  readonly service: string;
  /** Name of an abstract socket, without its NUL. */
  readonly socket: string;
  /** Number of a process that does nothing. */
  readonly pid: number;
  /** Major and minor number of the device of the root file system. */
  readonly device: readonly [number, number];
}

/**
 * How the image of a row ends.
 * - `clean`: it has the image ID of one whose `setup` does nothing.
 * - `built`: it differs from that, but it passes its tests, which say what it must be.
 * - `fails`: the build ends with BUILD_FAILED, and its last lines match.
 * - `refused`: the code of the diagnostic with which its contents are refused, at a place in the definition. Where `image` is given, that
 *   image of `more` is refused, and what derives from it is not built.
 * - `says`: `SEVERITY CODE FILE` of what is said about the definition before anything runs.
 */
export type Expectation =
  | "clean"
  | "built"
  | { readonly fails: RegExp }
  | { readonly refused: string; readonly image?: string }
  | { readonly says: readonly string[] };

/** One hostile image. Its commands write `/escaped` when they reach what they must not; a test of the image fails then. */
export interface HostileRow {
  /** Also the name of the image, and part of the name of every file that it leaves somewhere. */
  readonly name: string;
  /** Keys of the definition; it derives from `python` and asks for the package `tool`. */
  readonly image: Readonly<Record<string, unknown>>;
  readonly expect: Expectation;
  /** Definitions of further images by name, which the row needs, and keys as above. */
  readonly more?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** All commands are tried, although the shell of `setup` ends with the first that fails. */
const tried = (commands: readonly string[]) => ({ setup: [`set +e\n${commands.join("\n")}\ntrue`] });

/** An image that does only this, and leaves nothing, whether its commands succeed or not. */
export const attempt = (name: string, ...commands: readonly string[]): HostileRow => ({
  name,
  image: tried(commands),
  expect: "clean",
});

/** Commands that leave something which must not be published. */
export const brings = (name: string, refused: string, ...commands: readonly string[]): HostileRow => ({
  name,
  image: { setup: [commands.join("\n")] },
  expect: { refused },
});

/** Commands that cannot do what they are for, so that the build fails. */
export const fails = (name: string, why: RegExp, ...commands: readonly string[]): HostileRow => ({
  name,
  image: { setup: [commands.join("\n")] },
  expect: { fails: why },
});

/** Python of the base, so that no shell's lack of a system call protects anybody. */
export const python = (...lines: readonly string[]) =>
  `python3 -B - <<'PYTHON' 2>/dev/null\n${lines.join("\n")}\nPYTHON`;
