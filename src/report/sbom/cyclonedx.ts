import { Factories } from "@cyclonedx/cyclonedx-library/Contrib/License";
import { ComponentType, HashAlgorithm } from "@cyclonedx/cyclonedx-library/Enums";
import { Bom, Component, type License, Property } from "@cyclonedx/cyclonedx-library/Models";
import { JSON as Json, JsonSerializer } from "@cyclonedx/cyclonedx-library/Serialize";
import { Spec1dot6 } from "@cyclonedx/cyclonedx-library/Spec";
import parseExpression from "spdx-expression-parse";
import type { OwnedPackage } from "../../model/inventory.js";
import { dependenciesOf, documentId, isRootPackage, originWords, type SbomFile, type SbomInput } from "./document.js";
import { packageProperties } from "./package-properties.js";
import { imageUrl, packageUrl, split } from "./package-url.js";

/**
 * The contents of an image as a CycloneDX document. The same contents always give the same bytes: there is no time in it, the
 * serial number is made from the contents, and everything keeps the order of the contents (the library's own sorting depends on
 * the machine's language).
 */
export function cycloneDx(input: SbomInput): string {
  const { contents } = input;
  const bom = new Bom({ serialNumber: `urn:uuid:${documentId(input)}` });
  const image = imageComponent(input);
  bom.metadata.component = image;
  bom.metadata.tools.components.add(new Component(ComponentType.Application, "slipway"));
  if (contents.os !== undefined) {
    const { id, version } = contents.os;
    bom.components.add(new Component(ComponentType.OperatingSystem, id, { version, bomRef: `os:${id}-${version}` }));
  }
  const refs = uniqueRefs(contents.packages, input);
  const components = contents.packages.map((entry, index) => packageComponent(entry, refs[index] ?? "", input));
  for (const [index, needs] of dependenciesOf(contents.packages).entries()) {
    const component = components[index] as Component;
    bom.components.add(component);
    if (isRootPackage(contents.packages[index] as OwnedPackage)) image.dependencies.add(component.bomRef);
    for (const other of needs) component.dependencies.add((components[other] as Component).bomRef);
  }
  for (const file of input.files ?? []) bom.components.add(fileComponent(file));
  const serializer = new JsonSerializer(new Json.Normalize.Factory(Spec1dot6));
  return `${serializer.serialize(bom, { sortLists: false, space: 2 })}\n`;
}

function imageComponent({ contents, digest, platform }: SbomInput): Component {
  const purl = imageUrl(contents.image, digest, platform);
  const image = new Component(ComponentType.Container, contents.image, {
    bomRef: `image:${contents.image}`,
    ...(digest === undefined ? {} : { version: digest }),
    ...(purl === undefined ? {} : { purl }),
  });
  image.properties.add(new Property("slipway:from", contents.from));
  if (platform !== undefined) image.properties.add(new Property("slipway:platform", platform));
  return image;
}

function packageComponent(entry: OwnedPackage, bomRef: string, input: SbomInput): Component {
  const { contents, sha256Of, spdxText } = input;
  const { type, version, license = "" } = entry;
  const { namespace, name } = split(type, entry.name);
  const purl = packageUrl(entry, contents.os);
  const component = new Component(ComponentType.Library, name, {
    bomRef,
    version,
    ...(namespace === undefined ? {} : { group: namespace }),
    ...(purl === undefined ? {} : { purl }),
  });
  for (const [key, value] of packageProperties(entry)) component.properties.add(new Property(key, value));
  if (purl === undefined) component.properties.add(new Property("slipway:type", type));
  if (license !== "") {
    const written = readLicense(spdxText?.(license) ?? license);
    component.licenses.add(written);
    if (textOf(written) !== license) component.properties.add(new Property("slipway:license", license));
  }
  const sha256 = sha256Of?.(entry);
  if (sha256 !== undefined) component.hashes.set(HashAlgorithm["SHA-256"], sha256);
  return component;
}

function fileComponent({ image, file }: SbomFile): Component {
  const { path, kind, sha256, mode, target } = file;
  const component = new Component(ComponentType.File, path, { bomRef: `file:${path}` });
  const pairs = [
    ["slipway:broughtBy", image],
    ...(kind === "file" ? [] : [["slipway:kind", kind]]),
    ...(mode === undefined ? [] : [["slipway:mode", mode]]),
    ...originWords(file),
    ...(target === undefined ? [] : [["slipway:target", target]]),
  ] as readonly (readonly [string, string])[];
  for (const [name, value] of pairs) component.properties.add(new Property(name, value));
  if (sha256 !== undefined) component.hashes.set(HashAlgorithm["SHA-256"], sha256);
  return component;
}

const LICENSES = new Factories.LicenseFactory((text: string) => void parseExpression(text));

/** The library takes the names of object members (`constructor`) for licence identifiers. */
function readLicense(text: string): License {
  const license = LICENSES.makeFromString(text);
  return "id" in license && typeof license.id !== "string" ? LICENSES.makeNamedLicense(text) : license;
}

function textOf(license: License): string {
  if ("expression" in license) return license.expression;
  return "id" in license ? license.id : license.name;
}

/** Package URLs; if several packages share one, with the place of each. */
function uniqueRefs(packages: readonly OwnedPackage[], { contents: { os } }: SbomInput): readonly string[] {
  const urls = packages.map((entry) => packageUrl(entry, os) ?? `${entry.type}:${entry.name}@${entry.version}`);
  const counts = new Map<string, number>();
  const count = (text: string) => counts.set(text, (counts.get(text) ?? 0) + 1).get(text) ?? 1;
  urls.forEach(count);
  const taken = new Set<string>();
  return urls.map((url, index) => {
    const base = counts.get(url) === 1 ? url : `${url}#${packages[index]?.place}`;
    let ref = base;
    for (let number = 2; taken.has(ref); number += 1) ref = `${base}#${number}`;
    taken.add(ref);
    return ref;
  });
}
