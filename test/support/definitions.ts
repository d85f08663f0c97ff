import type { Catalogue, CatalogueFile, ExternalBase, OperatingSystems, Settings } from "../../src/model/catalogue.js";
import type {
  AptBootstrap,
  Artifact,
  Body,
  Command,
  DnfBootstrap,
  Healthcheck,
  ImageArtifact,
  ImageDefinition,
  ModuleDefinition,
  PathArtifact,
  RequestedPackage,
  StageDefinition,
  UrlArtifact,
} from "../../src/model/definition.js";
import type { Source } from "../../src/model/diagnostic.js";
import type { Exception } from "../../src/model/exceptions.js";
import type { Digest, ImageName, Platform } from "../../src/model/names.js";
import type { Owners, Roles } from "../../src/model/roles.js";

/** The properties that a test cares about; short forms are expanded, and everything else has defaults. */
export interface ImageFields {
  readonly parent?: string;
  readonly from?: string;
  readonly bootstrap?: Partial<AptBootstrap> | DnfBootstrap;
  readonly kind?: ImageDefinition["kind"];
  readonly version?: string;
  readonly description?: string;
  readonly os?: string;
  readonly language?: string;
  readonly metadata?: Partial<ImageDefinition["metadata"]>;
  /** `curl`, or `curl 7.88.1-10`. */
  readonly system?: readonly string[];
  readonly systemPackagesKey?: string;
  readonly runtime?: readonly string[];
  readonly artifacts?: readonly ArtifactFields[];
  readonly modules?: readonly string[];
  readonly stages?: readonly StageFields[];
  readonly shell?: readonly string[];
  readonly healthcheck?: Healthcheck;
  readonly tags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly setup?: readonly Short[];
  readonly user?: string;
  readonly workdir?: string;
  readonly entrypoint?: Short;
  readonly cmd?: Short;
  readonly stopsignal?: string;
  readonly tests?: ImageDefinition["tests"];
  readonly rebuild?: ImageDefinition["rebuild"];
}

/** Without a type the artifact is a file or directory of the catalogue. */
export type ArtifactFields =
  | Omit<PathArtifact, "name" | "pointer" | "type">
  | Omit<UrlArtifact, "name" | "pointer">
  | Omit<ImageArtifact, "name" | "pointer">;

export type StageFields = Omit<ImageFields, "bootstrap" | "kind" | "version" | "tests" | "rebuild" | "stages"> & {
  readonly name: string;
};

/** A string is for the shell, a list is executed. */
export type Short = string | readonly string[];

export const imageName = (text: string) => text as ImageName;

/** Places have the requested pointer in `excerpt`: `/env/A`, or `/from key`. */
export function fakeSource(file: string): Source {
  return {
    file,
    // Long enough for every check of the length.
    length: 1_000_000,
    at: (pointer, part) => ({ file, line: 1, column: 1, excerpt: part === "key" ? `${pointer} key` : pointer }),
  };
}

/** An image definition; without an origin it is a bootstrapped base image. */
export function image(name: string, fields: ImageFields = {}): ImageDefinition {
  const { parent, description, os, language, rebuild, tags } = fields;
  return {
    kind: fields.kind ?? (parent === undefined ? "BaseImage" : "Image"),
    name: imageName(name),
    version: fields.version ?? "1.0",
    ...given({ description, os, language, rebuild, tags }),
    metadata: { extendable: true, ...fields.metadata },
    origin: origin(fields),
    ...body(fields, { file: `images/${name}/image.yaml`, pointer: "" }),
    stages: (fields.stages ?? []).map((stage, index) => ({
      name: stage.name,
      origin: origin(stage) as StageDefinition["origin"],
      ...given({ os: stage.os, language: stage.language }),
      ...body(stage, { file: `images/${name}/image.yaml`, pointer: `/stages/${index}` }),
    })),
    tests: fields.tests ?? [],
  };
}

export function module(name: string, version: string, fields: ImageFields = {}): ModuleDefinition {
  return { name, version, ...body(fields, { file: `catalog/modules/${name}-${version}/module.yaml`, pointer: "" }) };
}

function body(fields: ImageFields, { file, pointer }: { readonly file: string; readonly pointer: string }): Body {
  const key = fields.systemPackagesKey ?? "system-packages";
  const { system = [], runtime = [] } = fields;
  return {
    systemPackages: system.map((text, index) => request(text, `${pointer}/${key}/${index}`)),
    systemPackagesKey: key,
    runtimePackages: runtime.map((text, index) => request(text, `${pointer}/runtime-packages/${index}`)),
    modules: (fields.modules ?? []).map((text, index) => request(text, `${pointer}/modules/${index}`)),
    artifacts: (fields.artifacts ?? []).map((artifact, index): Artifact => {
      const at = `${pointer}/artifacts/${index}`;
      if (!("type" in artifact)) return { type: "path", name: artifact.path, pointer: at, ...artifact };
      return { name: artifact.type === "url" ? "download" : artifact.path, pointer: at, ...artifact };
    }),
    env: pairs(fields.env),
    labels: pairs(fields.labels),
    ports: fields.ports ?? [],
    volumes: fields.volumes ?? [],
    setup: (fields.setup ?? []).map(command),
    run: given({
      user: fields.user,
      workdir: fields.workdir,
      entrypoint: fields.entrypoint === undefined ? undefined : command(fields.entrypoint),
      cmd: fields.cmd === undefined ? undefined : command(fields.cmd),
      stopsignal: fields.stopsignal,
      shell: fields.shell,
      healthcheck: fields.healthcheck,
    }),
    folder: file.slice(0, file.lastIndexOf("/")),
    source: fakeSource(file),
    pointer,
  };
}

function origin({
  parent,
  from,
  bootstrap,
}: Pick<ImageFields, "parent" | "from" | "bootstrap">): ImageDefinition["origin"] {
  if (parent !== undefined) return { type: "parent", parent: imageName(parent) };
  if (from !== undefined) return { type: "from", ref: from };
  if (bootstrap?.manager === "dnf") return { type: "bootstrap", bootstrap };
  const defaults = { manager: "apt", suite: "bookworm", variant: "minbase", packages: [] } as const;
  return { type: "bootstrap", bootstrap: { ...defaults, ...bootstrap } };
}

export const command = (short: Short): Command =>
  typeof short === "string" ? { form: "shell", text: short } : { form: "exec", argv: short };

export function request(text: string, pointer = "/system-packages/0"): RequestedPackage {
  const [name = "", version] = text.split(" ");
  return version === undefined ? { name, pointer } : { name, version, pointer };
}

const pairs = (values: Readonly<Record<string, string>> = {}) =>
  Object.entries(values).map(([name, value]) => ({ name, value }));

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the properties that are undefined. */
function given<T extends object>(values: T): Given<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>;
}

/** Versions by package: `{ curl: ["7.88.*"] }`. */
export type Versions = Readonly<Record<string, readonly string[]>>;

/** Owners in short form: `@acme/team` or `alice`. */
export function owners(...names: readonly string[]): Owners {
  const teams = names.filter((name) => name.startsWith("@")).map((name) => name.slice(1));
  return { teams, users: names.filter((name) => !name.startsWith("@")) };
}

export interface RolesFields {
  readonly administrator?: Owners;
  readonly developer?: Owners;
  readonly kinds?: Partial<Roles["kinds"]>;
  readonly paths?: readonly (readonly [path: string, owners: Owners])[];
}

export function roles({ administrator, developer, kinds, paths = [] }: RolesFields = {}): Roles {
  return {
    roles: new Map([
      ["administrator", administrator ?? owners("@acme/admins")],
      ["privileged-developer", developer ?? owners("@acme/devs")],
      ["function-developer", owners("@acme/functions")],
    ]),
    kinds: { image: "privileged-developer", other: "administrator", ...kinds },
    paths: paths.map(([path, own], index) => ({ path, ...own, pointer: `/paths/${index}` })),
    source: fakeSource("policies/roles.yaml"),
  };
}

export interface CatalogueFields {
  readonly settings?: Partial<Settings>;
  /** By operating system. */
  readonly system?: Readonly<Record<string, Versions>>;
  /** By language. */
  readonly runtime?: Readonly<Record<string, Versions>>;
  readonly bases?: readonly Omit<ExternalBase, "source" | "pointer">[];
  readonly modules?: readonly ModuleDefinition[];
  readonly operatingSystems?: OperatingSystems;
  readonly rejected?: readonly string[];
  readonly roles?: Roles;
  readonly exceptions?: readonly Exception[];
  /** Content by path. */
  readonly files?: Readonly<Record<string, string>>;
}

export function catalogue(images: readonly ImageDefinition[], fields: CatalogueFields = {}): Catalogue {
  const files = Object.entries(fields.files ?? {}).map(
    ([path, content]): CatalogueFile => ({ path, mode: "100644", size: content.length }),
  );
  return {
    settings: {
      registry: "oci:r",
      platforms: ["linux/amd64" as Platform],
      builderRevision: 1,
      builderTimeout: 60,
      builderIsolation: "oci",
      updates: { limit: 5, groups: new Map() },
      defaults: { env: [], labels: [], tags: ["latest"] },
      downloads: { privateHosts: [], mirrors: new Map() },
      lock: { network: "none" },
      ...fields.settings,
    },
    images: new Map(images.map((definition) => [definition.name, definition])),
    modules: modulesByName(fields.modules ?? []),
    ...(fields.operatingSystems ? { operatingSystems: fields.operatingSystems } : {}),
    rejected: new Set((fields.rejected ?? []).map(imageName)),
    systemLists: lists("system", fields.system),
    runtimeLists: lists("runtime", fields.runtime),
    bases: new Map(
      (fields.bases ?? []).map((base, index) => [
        base.ref,
        { ...base, source: fakeSource("catalog/bases.yaml"), pointer: `/bases/${index}` },
      ]),
    ),
    ...(fields.roles ? { roles: fields.roles } : {}),
    languages: [],
    exceptions: fields.exceptions ?? [],
    files: new Map(files.map((file) => [file.path, file])),
  };
}

function modulesByName(modules: readonly ModuleDefinition[]): Catalogue["modules"] {
  const found = new Map<string, readonly ModuleDefinition[]>();
  for (const each of modules) found.set(each.name, [...(found.get(each.name) ?? []), each]);
  return found;
}

function lists(kind: string, versions: Readonly<Record<string, Versions>> = {}): Catalogue["systemLists"] {
  return new Map(
    Object.entries(versions).map(([scope, entries]) => [scope, approvedList(scope, entries, `${kind}/${scope}`)]),
  );
}

export function approvedList(scope: string, versions: Versions, file = `list/${scope}`) {
  const source = fakeSource(`catalog/${file}.yaml`);
  const packages = Object.entries(versions).map(([name, approved], index) => {
    return [name, { name, versions: approved, source, pointer: `/packages/${index}` }] as const;
  });
  return { scope, packages: new Map(packages), files: [source.file] };
}

/** A digest that is easy to read in a difference: `sha256:aaaa…`. */
export const digest = (digit: string) => `sha256:${digit.repeat(64).slice(0, 64)}` as Digest;
