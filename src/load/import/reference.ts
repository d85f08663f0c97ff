import * as addressForm from "../kinds/schema/forms/addresses.js";
import * as nameForm from "../kinds/schema/forms/names.js";
import * as valueForm from "../kinds/schema/forms/values.js";
import { fits } from "./fits.js";

/** A reference to an image, with everything that a container engine would add. */
export interface Reference {
  /** `registry/name:tag`; without a tag if there is only a digest. */
  readonly ref: string;
  /** As written: undefined where it was left out. */
  readonly tag: string | undefined;
  readonly digest: string | undefined;
  /** The last part of the name. */
  readonly name: string;
}

const COMPONENT = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;
const REGISTRY = /^(?:localhost|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)(?::[0-9]+)?$|^[A-Za-z0-9-]+:[0-9]+$/;

/** Reads a reference as Docker does (distribution/reference): no registry is docker.io, one part is `library/…`, no tag `latest`. */
export function parseReference(text: string): Reference | undefined {
  if (text.length > 512) return undefined;
  const [named = "", digest, ...more] = text.split("@");
  if (more.length > 0 || (digest !== undefined && !fits(valueForm.DIGEST, digest))) return undefined;
  const [, name = "", tag] = /^(.*?)(?::([^/:]*))?$/.exec(named) ?? [];
  if (tag !== undefined && !/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(tag)) return undefined;
  const slash = name.indexOf("/");
  const first = slash < 0 ? "" : name.slice(0, slash);
  const hasRegistry = REGISTRY.test(first);
  const path = hasRegistry ? name.slice(slash + 1) : name;
  const parts = path.split("/");
  if (!parts.every((part) => COMPONENT.test(part))) return undefined;
  const registry = hasRegistry && first !== "index.docker.io" ? first : "docker.io";
  const full = registry === "docker.io" && parts.length === 1 ? `library/${path}` : path;
  const suffix = tag === undefined ? (digest === undefined ? ":latest" : "") : `:${tag}`;
  const ref = `${registry}/${full}${suffix}`;
  return fits(addressForm.EXTERNAL_REFERENCE, ref) ? { ref, tag, digest, name: parts.at(-1) ?? "" } : undefined;
}

/** The version of an image, from a tag: `latest` and the like would be a moving tag. */
export function versionOf(tag: string | undefined): string {
  const isVersion = tag !== undefined && tag !== "latest" && fits(nameForm.IMAGE_VERSION, tag);
  return isVersion ? tag : DEFAULT_VERSION;
}

export const DEFAULT_VERSION = "1.0";

/** Official images that are an operating system, by the last part of their name. */
const SYSTEMS: Readonly<Record<string, string>> = {
  debian: "debian",
  ubuntu: "ubuntu",
  photon: "photon",
  fedora: "fedora",
  "fedora-minimal": "fedora",
  rockylinux: "rocky",
  almalinux: "almalinux",
  centos: "centos",
  amazonlinux: "amazonlinux",
  oraclelinux: "oraclelinux",
  ubi: "ubi",
  alpine: "alpine",
  "wolfi-base": "wolfi",
};

/** Official images that come with a language that Slipway knows. */
const LANGUAGES: Readonly<Record<string, string>> = { python: "python3", node: "nodejs", ruby: "ruby" };

export function systemOf({ name, tag = "" }: Reference): string | undefined {
  const known = Object.hasOwn(SYSTEMS, name) ? SYSTEMS[name] : undefined;
  if (known !== undefined) return known;
  if (/^ubi[0-9]+(?:-|$)/.test(name)) return "ubi";
  // What the official images of languages say in their tags.
  if (/(?:^|-)alpine(?:[0-9.]*)$/.test(tag)) return "alpine";
  return /(?:^|-)(?:buster|bullseye|bookworm|trixie)$/.test(tag) ? "debian" : undefined;
}

export const languageOf = ({ name }: Reference): string | undefined =>
  Object.hasOwn(LANGUAGES, name) ? LANGUAGES[name] : undefined;
