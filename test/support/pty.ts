import { type ChildProcess, spawn } from "node:child_process";
import xterm from "@xterm/headless";

/**
 * Runs a program in a pseudo-terminal (pty(7)) of its own session. Its standard input takes orders, one a line: `size COLUMNS ROWS`,
 * `type HEX` as if on the keyboard, `leave` as if the terminal's window was closed. A new size stands in the output where it begins, so that the emulator takes it at
 * the same moment.
 */
const DRIVER = `
import fcntl, os, pty, select, signal, struct, sys, termios
columns, rows, stdout, program = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:]
master, slave = pty.openpty()
def size(columns, rows): fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
size(columns, rows)
child = os.fork()
if child == 0:
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for fd in (0, 1, 2): os.dup2(slave, fd)
    if stdout: os.dup2(os.open(stdout, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 1)
    os.closerange(3, 256)
    os.execvp(program[0], program)
os.close(slave)
sources, orders = [master, 0], b""
while master in sources:
    for source in select.select(sources, [], [])[0]:
        try: data = os.read(source, 65536)
        except OSError: data = b""
        if source == master:
            if data: os.write(1, data)
            else: sources.remove(master)
        elif not data: sources.remove(0)
        else:
            *lines, orders = (orders + data).split(b"\\n")
            for line in lines:
                word, *rest = line.decode().split()
                if word == "size":
                    while select.select([master], [], [], 0)[0]: os.write(1, os.read(master, 65536))
                    os.write(1, b"\\x1b]7772;%s;%s\\x07" % (rest[0].encode(), rest[1].encode()))
                    size(int(rest[0]), int(rest[1]))
                elif word == "type": os.write(master, bytes.fromhex(rest[0]))
                else:
                    os.close(master)
                    sources.remove(master)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
`;

export interface PtyOptions {
  readonly columns: number;
  readonly rows?: number;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** A file that standard output goes to instead of the terminal. */
  readonly stdout?: string;
}

/** A program in a terminal, and what a person in front of it sees. */
export class Pty {
  /** All that was written to the terminal. */
  raw = "";
  readonly ended: Promise<number | null>;
  readonly #driver: ChildProcess;
  readonly #emulator: Emulator;
  readonly #watchers = new Set<() => void>();

  constructor(argv: readonly string[], { columns, rows = 24, cwd, env, stdout = "" }: PtyOptions) {
    const args = ["-c", DRIVER, String(columns), String(rows), stdout, ...argv];
    this.#emulator = new Emulator(columns, rows);
    this.#driver = spawn("python3", args, { cwd, env, stdio: ["pipe", "pipe", "inherit"] });
    let writing = Promise.resolve();
    this.#driver.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      this.raw += chunk;
      writing = writing
        .then(() => this.#show(chunk))
        .then(() => {
          for (const watch of this.#watchers) watch();
        });
    });
    this.ended = new Promise((resolve, reject) => {
      this.#driver.once("error", reject);
      this.#driver.once("close", (code) => writing.then(() => resolve(code)));
    });
  }

  /** The lines that can be seen, those that have scrolled away included. */
  get screen(): string {
    return this.#emulator.text();
  }

  /** Whether the cursor can be seen. */
  get hasCursor(): boolean {
    return this.raw.lastIndexOf("\u001b[?25h") >= this.raw.lastIndexOf("\u001b[?25l");
  }

  /** Resolves as soon as the screen matches; rejects if the program ends before. */
  seen(pattern: RegExp): Promise<void> {
    return new Promise((resolve, reject) => {
      const watch = () => {
        if (!pattern.test(this.screen)) return;
        this.#watchers.delete(watch);
        resolve();
      };
      this.#watchers.add(watch);
      watch();
      this.ended.then(() => reject(new Error(`ended without ${pattern}:\n${this.screen}`)), reject);
    });
  }

  async #show(chunk: string): Promise<void> {
    const [first = "", ...resized] = chunk.split("\u001b]7772;");
    await this.#emulator.write(first);
    for (const part of resized) {
      const [size = "", ...rest] = part.split("\u0007");
      const [columns, rows] = size.split(";").map(Number) as [number, number];
      this.#emulator.resize(columns, rows);
      await this.#emulator.write(rest.join("\u0007"));
    }
  }

  resize(columns: number, rows = 24): void {
    this.#order(`size ${columns} ${rows}`);
  }

  type(text: string): void {
    this.#order(`type ${Buffer.from(text).toString("hex")}`);
  }

  /** The terminal disappears. */
  leave(): void {
    this.#order("leave");
  }

  #order(line: string): void {
    this.#driver.stdin?.write(`${line}\n`);
  }
}

/** A piece of a line in one style. */
export interface Piece {
  readonly text: string;
  /** Of the palette of 16; -1: the default. */
  readonly color: number;
  readonly isBold: boolean;
  readonly isDim: boolean;
}

/** A terminal without a window: it obeys escape sequences, and has what can be seen afterwards. */
export class Emulator {
  readonly #terminal: xterm.Terminal;

  constructor(columns: number, rows: number) {
    this.#terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 10_000 });
  }

  write(text: string): Promise<void> {
    return new Promise((resolve) => this.#terminal.write(text, resolve));
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
  }

  text(): string {
    const lines = this.lines().map((pieces) => pieces.map(({ text }) => text).join(""));
    return `${lines
      .map((line) => line.trimEnd())
      .join("\n")
      .trimEnd()}\n`;
  }

  /** Every line in pieces of one style. */
  lines(): Piece[][] {
    const buffer = this.#terminal.buffer.active;
    return Array.from({ length: buffer.length }, (_, row) => piecesOf(buffer.getLine(row)));
  }
}

function piecesOf(line: xterm.IBufferLine | undefined): Piece[] {
  const pieces: Piece[] = [];
  for (let column = 0; column < (line?.length ?? 0); column += 1) {
    const cell = line?.getCell(column);
    if (cell === undefined || cell.getWidth() === 0) continue;
    const color = cell.isFgDefault() ? -1 : cell.getFgColor();
    const [isBold, isDim] = [cell.isBold() !== 0, cell.isDim() !== 0];
    const last = pieces.at(-1);
    const text = cell.getChars() || " ";
    if (last && last.color === color && last.isBold === isBold && last.isDim === isDim)
      pieces[pieces.length - 1] = { ...last, text: last.text + text };
    else pieces.push({ text, color, isBold, isDim });
  }
  return pieces;
}
