/** A value of the native format with the comment that people should see above it. */
export interface Commented {
  readonly comment: string;
  readonly value: NativeValue;
}

/** A number or boolean: written without quotes. */
export interface Plain {
  readonly plain: string;
}

export type NativeMapping = ReadonlyMap<string, NativeValue>;
export type NativeValue = string | readonly NativeValue[] | NativeMapping | Commented | Plain;

/** What an image, a build stage and a module share, while it is put together. */
export interface NativeBody {
  readonly modules: NativeValue[];
  readonly systemPackages: NativeValue[];
  readonly runtimePackages: NativeValue[];
  runtimeManifest: string | undefined;
  readonly artifacts: NativeValue[];
  readonly env: Map<string, NativeValue>;
  readonly labels: Map<string, NativeValue>;
  readonly ports: NativeValue[];
  readonly volumes: NativeValue[];
  readonly setup: NativeValue[];
  readonly run: Map<string, NativeValue>;
}

export function newBody(): NativeBody {
  return {
    modules: [],
    systemPackages: [],
    runtimePackages: [],
    runtimeManifest: undefined,
    artifacts: [],
    env: new Map(),
    labels: new Map(),
    ports: [],
    volumes: [],
    setup: [],
    run: new Map(),
  };
}

/** The order of `run`, as the schema has it. */
const RUN_ORDER = ["user", "workdir", "entrypoint", "cmd", "stopsignal", "shell", "healthcheck"];

/** A body's keys in the order of the schema (schema/image.ts). */
export function bodyFields(body: NativeBody): Record<string, NativeValue | undefined> {
  return {
    modules: body.modules,
    "system-packages": body.systemPackages,
    "runtime-packages": body.runtimePackages,
    "runtime-manifest": body.runtimeManifest,
    artifacts: body.artifacts,
    env: body.env,
    labels: body.labels,
    ports: body.ports,
    volumes: body.volumes,
    setup: body.setup,
    run: new Map([...body.run].sort(([a], [b]) => RUN_ORDER.indexOf(a) - RUN_ORDER.indexOf(b))),
  };
}

/** A mapping in the order of these keys; undefined values and empty lists and mappings are left out. */
export function mapping(fields: Readonly<Record<string, NativeValue | undefined>>): NativeMapping {
  const entries = Object.entries(fields).filter((entry): entry is [string, NativeValue] => !isNothing(entry[1]));
  return new Map(entries);
}

function isNothing(value: NativeValue | undefined): boolean {
  if (value === undefined) return true;
  return value instanceof Map ? value.size === 0 : Array.isArray(value) && value.length === 0;
}

export const commented = (comment: string, value: NativeValue): Commented => ({ comment, value });

/** A comment for a value that differs from the foreign document: what it was. */
export const changed = (value: string, was: string): NativeValue =>
  value === was ? value : commented(`was: ${was}`, value);

/** A package's name, or name and version. */
export const packageOf = (name: string, version?: string): NativeValue =>
  version === undefined ? name : mapping({ name, version });

export const plain = (text: string): Plain => ({ plain: text });
