import { BASE_POLICY_SCHEMA, IMAGE_POLICY_SCHEMA, LICENSE_POLICY_SCHEMA, PACKAGE_POLICY_SCHEMA } from "./demands.js";
import { EXCEPTIONS_SCHEMA } from "./exceptions.js";
import { IMAGE_SCHEMA } from "./image.js";
import { LANGUAGE_SCHEMA } from "./language.js";
import { BASES_SCHEMA, RUNTIME_PACKAGES_SCHEMA, SYSTEM_PACKAGES_SCHEMA } from "./lists.js";
import { MODULE_SCHEMA } from "./module.js";
import { OPERATING_SYSTEMS_SCHEMA } from "./operating-systems.js";
import { POLICY_TESTS_SCHEMA } from "./policy-tests.js";
import { ROLES_SCHEMA } from "./roles.js";
import type { Schema } from "./schema.js";
import { SETTINGS_SCHEMA } from "./settings.js";
import { VULNERABILITIES_SCHEMA } from "./vulnerabilities.js";

export interface FileKind {
  readonly schema: Schema;
  /** The place of such a file, for people. */
  readonly place: string;
  /** The same for find-documents.ts, which has further rules for images: files beside a definition are its content. */
  readonly path: RegExp;
  /** true: scalars may hold `${{ matrix.x }}`, which the loader replaces before the schema sees them. */
  readonly expressions?: true;
}

/**
 * Every kind of file that an author writes. scripts/generate.ts compiles the schemas; kinds/document.ts has a reader
 * for each.
 */
export const KINDS = {
  image: {
    schema: IMAGE_SCHEMA,
    place: "images/<name>/image.yaml",
    path: /^images\/.+\.ya?ml$/,
    expressions: true,
  },
  module: {
    schema: MODULE_SCHEMA,
    place: "catalog/modules/…/module.yaml",
    path: /^catalog\/modules\/(?:.+\/)?module\.ya?ml$/,
  },
  settings: { schema: SETTINGS_SCHEMA, place: "slipway.yaml", path: /^slipway\.yaml$/ },
  systemPackages: {
    schema: SYSTEM_PACKAGES_SCHEMA,
    place: "catalog/system/<os>.yaml",
    path: /^catalog\/system\/[^/]+\.ya?ml$/,
  },
  runtimePackages: {
    schema: RUNTIME_PACKAGES_SCHEMA,
    place: "catalog/runtime/<language>.yaml",
    path: /^catalog\/runtime\/[^/]+\.ya?ml$/,
  },
  bases: { schema: BASES_SCHEMA, place: "catalog/bases.yaml", path: /^catalog\/bases\.yaml$/ },
  roles: { schema: ROLES_SCHEMA, place: "policies/roles.yaml", path: /^policies\/roles\.yaml$/ },
  exceptions: {
    schema: EXCEPTIONS_SCHEMA,
    place: "policies/exceptions.yaml",
    path: /^policies\/exceptions\.yaml$/,
  },
  language: {
    schema: LANGUAGE_SCHEMA,
    place: "catalog/languages/<name>/language.yaml",
    path: /^catalog\/languages\/[^/]+\/language\.yaml$/,
  },
  operatingSystems: {
    schema: OPERATING_SYSTEMS_SCHEMA,
    place: "policies/operating-systems.yaml",
    path: /^policies\/operating-systems\.yaml$/,
  },
  vulnerabilities: {
    schema: VULNERABILITIES_SCHEMA,
    place: "policies/vulnerabilities.yaml",
    path: /^policies\/vulnerabilities\.yaml$/,
  },
  packagePolicy: {
    schema: PACKAGE_POLICY_SCHEMA,
    place: "policies/packages.yaml",
    path: /^policies\/packages\.yaml$/,
  },
  licensePolicy: {
    schema: LICENSE_POLICY_SCHEMA,
    place: "policies/licenses.yaml",
    path: /^policies\/licenses\.yaml$/,
  },
  basePolicy: { schema: BASE_POLICY_SCHEMA, place: "policies/bases.yaml", path: /^policies\/bases\.yaml$/ },
  imagePolicy: { schema: IMAGE_POLICY_SCHEMA, place: "policies/images.yaml", path: /^policies\/images\.yaml$/ },
  policyTests: {
    schema: POLICY_TESTS_SCHEMA,
    place: "policies/tests/<name>.yaml",
    path: /^policies\/tests\/[^/]+\.ya?ml$/,
  },
} as const satisfies Readonly<Record<string, FileKind>>;

export type DocumentKind = keyof typeof KINDS;

export const KIND_NAMES = Object.keys(KINDS) as readonly DocumentKind[];

/** The same table, for a kind that is known only at run time. */
export function fileKind(kind: DocumentKind): FileKind {
  return KINDS[kind];
}

/** The kind of file that belongs at a path of the catalogue. */
export function kindAt(path: string): DocumentKind | undefined {
  return KIND_NAMES.find((kind) => KINDS[kind].path.test(path));
}
