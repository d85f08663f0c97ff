/** A line of the log that GitHub shows beside the code of a pull request. */
export interface Annotation {
  readonly level: "error" | "warning" | "notice";
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
}

const COMMAND = /^\s*::([^\s:]+)(?:\s(.*?))?::(.*)$/s;

/**
 * Reads a step's output as the runner does, which executes lines that begin with `::`: annotations, masks, outputs, and
 * `::stop-commands::TOKEN`, after which nothing is executed until `::TOKEN::`.
 */
export class CommandReader {
  readonly annotations: Annotation[] = [];
  readonly masks: string[] = [];
  /** Outputs set by the old `::set-output`, which runners still execute. */
  readonly outputs: Record<string, string> = {};
  readonly #log: string[] = [];
  #stopped: string | undefined;

  read(line: string): void {
    this.#log.push(line);
    const [, name = "", properties = "", message = ""] = COMMAND.exec(line) ?? [];
    if (this.#stopped !== undefined) {
      if (name === this.#stopped || line.trim() === `::${this.#stopped}::`) this.#stopped = undefined;
    } else if (name !== "") {
      this.#obey(name, propertiesOf(properties), message);
    }
  }

  /** All lines, with masked text replaced. */
  get log(): string {
    return this.masks.reduce(
      (text, secret) => text.replaceAll(secret, "***"),
      this.#log.map((line) => `${line}\n`).join(""),
    );
  }

  #obey(name: string, properties: Readonly<Record<string, string>>, message: string): void {
    if (name === "stop-commands") this.#stopped = message;
    else if (name === "add-mask" && message !== "") this.masks.push(unescapeData(message));
    else if (name === "set-output") this.outputs[properties.name ?? ""] = unescapeData(message);
    else if (name === "error" || name === "warning" || name === "notice") {
      const { file, line } = properties;
      this.annotations.push({
        level: name,
        message: unescapeData(message),
        ...(file === undefined ? {} : { file }),
        ...(line === undefined ? {} : { line: Number(line) }),
      });
    }
  }
}

function propertiesOf(text: string): Record<string, string> {
  const pairs = text.split(",").filter((pair) => pair.includes("="));
  return Object.fromEntries(
    pairs.map((pair) => {
      const [key = "", ...rest] = pair.split("=");
      return [key.trim(), unescapeData(rest.join("=")).replaceAll("%3A", ":").replaceAll("%2C", ",")];
    }),
  );
}

/** Escapes as actions/toolkit writes them; `%25` comes last, or it would make new escapes. */
function unescapeData(text: string): string {
  return text.replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%25", "%");
}

/** `GITHUB_OUTPUT` and `GITHUB_ENV`: lines `name=value`, or `name<<END`, lines, `END`. */
export function readPairs(text: string): Record<string, string> {
  const pairs: Record<string, string> = {};
  const lines = text.split("\n");
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    const [, name = "", kind, rest = ""] = /^([^=<]+?)(=|<<)(.*)$/s.exec(line) ?? [];
    if (kind === "=") pairs[name] = rest;
    else if (kind === "<<") {
      const end = lines.indexOf(rest);
      if (end < 0) throw new Error(`no line ${rest} ends the value of ${name}`);
      pairs[name] = lines
        .splice(0, end + 1)
        .slice(0, -1)
        .join("\n");
    } else if (line !== "") throw new Error(`neither name=value nor name<<END: ${line}`);
  }
  return pairs;
}
