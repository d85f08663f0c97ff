/** A value in the form of another builder, and its form here. */
interface ForeignValue {
  /** JSON pointer with `*` for the number of a list's entry. */
  readonly place: string;
  /** The form of the text; left out: a list or mapping, or any text. */
  readonly form?: RegExp;
  readonly is?: "mapping";
  readonly hint: (text: string) => string;
}

const FOREIGN_VALUES: readonly ForeignValue[] = [
  {
    place: "/run",
    hint: () => "commands that build the image are `setup: [command]`; `run` says how its containers run",
  },
  { place: "/setup", form: /\S/, hint: (text) => `it is a list of commands: \`setup: [${words(text)}]\`` },
  { place: "/env", form: /=/, hint: assignment("env") },
  { place: "/env/*", form: /=/, hint: assignment("env") },
  { place: "/labels", form: /=/, hint: assignment("labels") },
  { place: "/labels/*", form: /=/, hint: assignment("labels") },
  { place: "/ports", form: /^[0-9]+(?:\/[a-z]+)?$/, hint: (text) => `it is a list: \`ports: [${text}]\`` },
  { place: "/ports/*", form: /:[0-9]+(?:\/[a-z]+)?$/, hint: port },
  { place: "/volumes", form: /^\//, hint: (text) => `it is a list: \`volumes: [${words(text)}]\`` },
  { place: "/volumes/*", form: /:\//, hint: volume },
  { place: "/artifacts", is: "mapping", hint: () => "it is a list: `artifacts: [{ path: app, dest: /opt/app }]`" },
  { place: "/artifacts/*", form: /^\S+ \/\S*$/, hint: copied },
  { place: "/artifacts/*", form: /\S/, hint: (text) => `write \`{ path: ${text}, dest: /directory }\`` },
  { place: "/system-packages", form: /\S/, hint: packages("system-packages") },
  { place: "/runtime-packages", form: /\S/, hint: packages("runtime-packages") },
  { place: "/system-packages/*", form: /^[\w.+-]+=\S+$/, hint: pinned },
  { place: "/runtime-packages/*", form: /^[\w.-]+==\S+$|^@?[\w./-]+@\S+$/, hint: pinned },
  { place: "/parent", form: /[:/]/, hint: external },
  { place: "/tests", is: "mapping", hint: () => "it is a list: `tests: [{ command: [id] }]`" },
  { place: "/tests/*", form: /\S/, hint: (text) => `write \`- command: ${text}\`` },
];

/** A hint for a value of the wrong form or type, by its place in an image. */
export function foreignValue(pointer: string, value: unknown): string | undefined {
  const place = pointer.replace(/\/[0-9]+(?=\/|$)/g, "/*").replace(/^\/stages\/\*(?=\/)/, "");
  const text = typeof value === "string" ? value : "";
  // A hint repeats the value only if it is short.
  if (text.length > 100 || text.includes("\n")) return undefined;
  return FOREIGN_VALUES.find((one) => one.place === place && looksLike(one, value, text))?.hint(text);
}

function looksLike({ form, is }: ForeignValue, value: unknown, text: string): boolean {
  if (form !== undefined) return form.test(text);
  if (is === undefined) return true;
  return typeof value === "object" && !Array.isArray(value);
}

function assignment(key: string): (text: string) => string {
  return (text) => {
    const at = text.indexOf("=");
    return `it is a mapping: \`${key}: { ${text.slice(0, at)}: ${JSON.stringify(text.slice(at + 1))} }\``;
  };
}

function port(text: string): string {
  const inside = text.slice(text.lastIndexOf(":") + 1);
  return `write \`${inside}\`: which port of the machine leads there is said where a container is started`;
}

function volume(text: string): string {
  const inside = text.split(":").find((part) => part.startsWith("/") && part !== text.split(":")[0]) ?? "/data";
  return `write \`${inside}\`: what is mounted there is said where a container is started`;
}

function copied(text: string): string {
  const [path = "", target = ""] = text.split(" ");
  return `write \`{ path: ${path}, ${target.endsWith("/") ? "dest" : "target"}: ${target} }\``;
}

function packages(key: string): (text: string) => string {
  return (text) =>
    `it is a list: \`${key}: [${text
      .trim()
      .split(/[\s,]+/)
      .join(", ")}]\``;
}

function pinned(text: string): string {
  const [name = "", version = ""] = text.split(/==?|(?<=.)@/);
  return `write \`{ name: ${words(name)}, version: ${JSON.stringify(version)} }\``;
}

function external(text: string): string {
  return `\`parent\` is an image of the catalogue; an external one is \`from: ${text}\` in a \`kind: BaseImage\`, listed in catalog/bases.yaml`;
}

const words = (text: string) => (/^[\w/. -]+$/.test(text) ? text : JSON.stringify(text));
