import type { Artifact, Body, ModuleRequest, NamedValue, RequestedPackage, RunConfig } from "../../model/definition.js";
import { errorAt } from "../../model/diagnostic.js";
import type { YamlMapping, YamlValue } from "../yaml/value.js";
import { artifactTarget } from "./artifact-target.js";
import type { BodyPlace } from "./body-place.js";
import { readCommand } from "./command.js";
import { readHealthcheck } from "./healthcheck.js";
import { PORT } from "./schema/body.js";
import { asFlag, asList, asMapping, asText, optional, readList } from "./value.js";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Reads what image definitions, build stages and modules have in common. Its schema has accepted the mapping. */
export function readBody(body: YamlMapping, place: BodyPlace): Mutable<Body> {
  const { source, pointer } = place;
  const systemPackagesKey = "photon-packages" in body ? "photon-packages" : "system-packages";
  // No spreads here: they would make this the slowest function of loading 10,000 definitions.
  const read: Mutable<Body> = {
    systemPackages: readPackages(body[systemPackagesKey], `${pointer}/${systemPackagesKey}`),
    systemPackagesKey,
    runtimePackages: readPackages(body["runtime-packages"], `${pointer}/runtime-packages`),
    modules: readModules(body.modules, `${pointer}/modules`),
    artifacts: body.artifacts === undefined ? NO_ARTIFACTS : readArtifacts(body.artifacts, place),
    env: readNamedValues(body.env, `${pointer}/env`, place),
    labels: readNamedValues(body.labels, `${pointer}/labels`, place),
    ports: readPorts(body.ports),
    volumes: readList(body.volumes, (entry) => (typeof entry === "string" ? entry : asText(asMapping(entry).path))),
    setup: readList(body.setup, readCommand),
    run: body.run === undefined ? NO_RUN : readRun(asMapping(body.run), place),
    folder: source.file.slice(0, Math.max(0, source.file.lastIndexOf("/"))),
    source,
    pointer,
  };
  const manifest = asText(body["runtime-manifest"]);
  if (manifest !== "") read.runtimeManifest = { path: manifest, pointer: `${pointer}/runtime-manifest` };
  return read;
}

const NO_ARTIFACTS: readonly Artifact[] = Object.freeze([]);
const NO_RUN: RunConfig = Object.freeze({});

function readPackages(value: YamlValue | undefined, pointer: string): readonly RequestedPackage[] {
  return readList(value, (entry, index): RequestedPackage => {
    const at = `${pointer}/${index}`;
    if (typeof entry === "string") return { name: entry, pointer: at };
    const { name, version } = asMapping(entry);
    if (version === undefined) return { name: asText(name), pointer: at };
    return { name: asText(name), version: asText(version), pointer: at };
  });
}

function readModules(value: YamlValue | undefined, pointer: string): readonly ModuleRequest[] {
  return readList(value, (entry, index): ModuleRequest => {
    const at = `${pointer}/${index}`;
    if (typeof entry === "string") return { name: entry, pointer: at };
    const { name, version } = asMapping(entry);
    return { name: asText(name), ...optional("version", version), pointer: at };
  });
}

function readArtifacts(value: YamlValue, { source, pointer: body, diagnostics }: BodyPlace): readonly Artifact[] {
  const artifacts = readList(value, (entry, index): readonly Artifact[] => {
    const artifact = asMapping(entry);
    const pointer = `${body}/artifacts/${index}`;
    const target = artifactTarget(artifact.target, artifact.dest);
    if (target.problem !== undefined) {
      diagnostics.push(errorAt(source.at(`${pointer}/target`), "artifact-target", target.problem, target.hint));
      return [];
    }
    if (target.path.endsWith("/") && artifact.url !== undefined && fileOf(asText(artifact.url)) === "") {
      const message = "the address does not end in the name of a file";
      const hint = "write `target`, the name of the file in the image";
      diagnostics.push(errorAt(source.at(`${pointer}/url`), "artifact-target", message, hint));
      return [];
    }
    return [readArtifact(artifact, { target: target.path, ...optional("owner", artifact.owner), pointer })];
  });
  return artifacts.flat();
}

function readArtifact(artifact: YamlMapping, common: Pick<Artifact, "target" | "owner" | "pointer">): Artifact {
  const path = asText(artifact.path);
  const mode = optional("mode", artifact.mode);
  const named = (from: string) => asText(artifact.name) || (from.replace(/\/+$/, "").split("/").at(-1) ?? from);
  if (artifact.image !== undefined)
    return { type: "image", name: named(path), image: asText(artifact.image), path, ...common };
  if (artifact.url === undefined) return { type: "path", name: named(path), path, ...common, ...mode };
  const url = asText(artifact.url);
  const mirrors = asList(artifact.mirrors).map(asText);
  return {
    type: "url",
    name: named(fileOf(url) || url),
    url,
    sha256: asText(artifact.sha256),
    mirrors,
    ...common,
    ...mode,
  };
}

/** The last part of an address's path; empty if that cannot be the name of a file. */
export function fileOf(url: string): string {
  const path = url.replace(/^https:\/\/[^/]*/, "").replace(/[?#].*$/, "");
  const name = path.replace(/\/+$/, "").split("/").at(-1) ?? "";
  return name === "." || name === ".." ? "" : name;
}

export function readNamedValues(
  value: YamlValue | undefined,
  pointer: string,
  { source, diagnostics }: Pick<BodyPlace, "source" | "diagnostics">,
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
    if (!asFlag(mapping.expose, PORT.properties.expose)) return [];
    const port = typeof entry === "string" ? entry : asText(mapping.port ?? mapping.value);
    return [port.includes("/") ? port : `${port}/tcp`];
  });
  return ports.flat();
}

function readRun(run: YamlMapping, place: BodyPlace): RunConfig {
  const { entrypoint, cmd, shell, healthcheck } = run;
  return {
    ...optional("user", run.user),
    ...optional("workdir", run.workdir),
    ...(entrypoint === undefined ? {} : { entrypoint: readCommand(entrypoint) }),
    ...(cmd === undefined ? {} : { cmd: readCommand(cmd) }),
    ...optional("stopsignal", run.stopsignal),
    ...(asList(shell).length === 0 ? {} : { shell: asList(shell).map(asText) }),
    ...(healthcheck === undefined || healthcheck === "" ? {} : { healthcheck: readHealthcheck(healthcheck, place) }),
  };
}
