import type {
  Artifact,
  ImageDefinition,
  Metadata,
  NamedValue,
  Origin,
  PackageRequest,
  Rebuild,
  RunConfig,
} from "../model/definition.js";
import { type Diagnostic, errorAt } from "../model/diagnostic.js";
import type { ImageName } from "../model/names.js";
import { artifactTarget } from "./artifact-target.js";
import { readBootstrap } from "./read-bootstrap.js";
import { readCommand } from "./read-command.js";
import { readTests } from "./read-tests.js";
import { asFlag, asMapping, asText, optional, type Read, readList } from "./read-value.js";
import type { YamlSource } from "./yaml-source.js";
import type { YamlMapping, YamlValue } from "./yaml-value.js";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Spells out the short forms of a definition that its schema has accepted. */
export function readImage(value: YamlValue, source: YamlSource): Read<ImageDefinition> {
  const image = asMapping(value);
  const diagnostics: Diagnostic[] = [];
  const systemPackagesKey = "photon-packages" in image ? "photon-packages" : "system-packages";
  // No spreads here: they would make this the slowest function of loading 10,000 definitions.
  const definition: Mutable<ImageDefinition> = {
    kind: image.kind === "BaseImage" ? "BaseImage" : "Image",
    name: asText(image.name) as ImageName,
    version: asText(image.version),
    metadata: readMetadata(image.metadata),
    origin: readOrigin(image, source, diagnostics),
    systemPackages: readPackages(image[systemPackagesKey], `/${systemPackagesKey}`),
    systemPackagesKey,
    runtimePackages: readPackages(image["runtime-packages"], "/runtime-packages"),
    artifacts: readArtifacts(image.artifacts, source, diagnostics),
    env: readNamedValues(image.env, "/env", source, diagnostics),
    labels: readNamedValues(image.labels, "/labels", source, diagnostics),
    ports: readPorts(image.ports),
    volumes: readList(image.volumes, (entry) => (typeof entry === "string" ? entry : asText(asMapping(entry).path))),
    setup: readList(image.setup, readCommand),
    run: image.run === undefined ? NO_RUN : readRun(asMapping(image.run)),
    tests: readTests(image.tests, source, diagnostics),
    folder: source.file.slice(0, Math.max(0, source.file.lastIndexOf("/"))),
    source,
  };
  if (image.description !== undefined) definition.description = asText(image.description);
  if (image.language !== undefined) definition.language = asText(image.language);
  if (image.os !== undefined) definition.os = asText(image.os);
  // Without a value it says nothing, like any other key.
  if (typeof image.rebuild === "object") definition.rebuild = readRebuild(asMapping(image.rebuild));
  return { result: definition, diagnostics };
}

function readMetadata(value: YamlValue | undefined): Metadata {
  const metadata = asMapping(value) as Readonly<Record<string, string>>;
  return { ...metadata, extendable: asFlag(metadata.extendable, true) };
}

function readOrigin(image: YamlMapping, source: YamlSource, diagnostics: Diagnostic[]): Origin {
  if (image.parent !== undefined) return { type: "parent", parent: asText(image.parent) as ImageName };
  if (image.from !== undefined) return { type: "from", ref: asText(image.from) };
  return { type: "bootstrap", bootstrap: readBootstrap(image.bootstrap, source, diagnostics) };
}

function readPackages(value: YamlValue | undefined, pointer: string): readonly PackageRequest[] {
  return readList(value, (entry, index): PackageRequest => {
    const at = `${pointer}/${index}`;
    if (typeof entry === "string") return { name: entry, pointer: at };
    const { name, version } = asMapping(entry);
    if (version === undefined) return { name: asText(name), pointer: at };
    return { name: asText(name), version: asText(version), pointer: at };
  });
}

function readArtifacts(
  value: YamlValue | undefined,
  source: YamlSource,
  diagnostics: Diagnostic[],
): readonly Artifact[] {
  const artifacts = readList(value, (entry, index): readonly Artifact[] => {
    const artifact = asMapping(entry);
    const pointer = `/artifacts/${index}`;
    const target = artifactTarget(artifact.target, artifact.dest);
    if (target.problem !== undefined) {
      diagnostics.push(errorAt(source.at(`${pointer}/target`), "artifact-target", target.problem, target.hint));
      return [];
    }
    const path = asText(artifact.path);
    const name = asText(artifact.name) || (path.replace(/\/+$/, "").split("/").at(-1) ?? path);
    return [
      {
        name,
        path,
        target: target.path,
        ...optional("mode", artifact.mode),
        ...optional("owner", artifact.owner),
        pointer,
      },
    ];
  });
  return artifacts.flat();
}

function readNamedValues(
  value: YamlValue | undefined,
  pointer: string,
  source: YamlSource,
  diagnostics: Diagnostic[],
): readonly NamedValue[] {
  if (typeof value === "object" && !Array.isArray(value)) {
    return Object.entries(value).map(([name, text]) => ({ name, value: asText(text) }));
  }
  const seen = new Set<string>();
  return readList(value, (entry, index) => {
    const pair = asMapping(entry);
    const name = asText(pair.name);
    if (seen.has(name)) {
      const place = source.at(`${pointer}/${index}/name`);
      diagnostics.push(
        errorAt(place, "duplicate-name", `\`${name}\` is set for the second time`, "keep one of the two"),
      );
    }
    seen.add(name);
    return { name, value: asText(pair.value) };
  });
}

function readPorts(value: YamlValue | undefined): readonly string[] {
  const ports = readList(value, (entry): readonly string[] => {
    const mapping = asMapping(entry);
    if (!asFlag(mapping.expose, true)) return [];
    const port = typeof entry === "string" ? entry : asText(mapping.port ?? mapping.value);
    return [port.includes("/") ? port : `${port}/tcp`];
  });
  return ports.flat();
}

const NO_RUN: RunConfig = Object.freeze({});

function readRun(run: YamlMapping): RunConfig {
  const { entrypoint, cmd } = run;
  return {
    ...optional("user", run.user),
    ...optional("workdir", run.workdir),
    ...(entrypoint === undefined ? {} : { entrypoint: readCommand(entrypoint) }),
    ...(cmd === undefined ? {} : { cmd: readCommand(cmd) }),
    ...optional("stopsignal", run.stopsignal),
  };
}

function readRebuild(rebuild: YamlMapping): Rebuild {
  return { nonce: asText(rebuild.nonce), reason: asText(rebuild.reason) };
}
