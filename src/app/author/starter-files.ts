import type { DocumentKind } from "../../load/kinds/schema/kinds.js";

export interface StarterFile {
  readonly path: string;
  readonly text: string;
  /** The kind whose schema the file names in its first line; undefined: it is not one of Slipway's files. */
  readonly kind?: DocumentKind;
}

/** A catalogue to begin with: a base image, a derived image, the packages that they may install, and who decides. */
export const STARTER_FILES: readonly StarterFile[] = [
  {
    path: "slipway.yaml",
    kind: "settings",
    text: `kind: Settings
# Where images are published: an OCI layout beside the catalogue, or docker://HOST[:PORT][/PREFIX].
registry: oci:.slipway/registry
platforms: [linux/amd64]
`,
  },
  {
    path: "images/debian-base/image.yaml",
    kind: "image",
    text: `kind: BaseImage
name: debian-base
version: "12.1"
description: Debian bookworm from its packages; the root of the other images.
os: debian
bootstrap:
  manager: apt
  suite: bookworm
  variant: minbase
  packages: [ca-certificates]
tests:
  - file: /etc/ssl/certs/ca-certificates.crt
    contains: BEGIN CERTIFICATE
`,
  },
  {
    path: "images/json-tools/image.yaml",
    kind: "image",
    text: `name: json-tools
version: "1.0"
description: An example of an image that derives from another one.
parent: debian-base
system-packages: [jq]
run:
  cmd: [jq, --help]
tests:
  - command: [jq, --version]
    stdout: { contains: jq- }
`,
  },
  {
    path: "catalog/system/debian.yaml",
    kind: "systemPackages",
    text: `kind: SystemPackages
os: debian
# What images may install. Without \`versions\` any version is approved.
packages:
  - { name: ca-certificates, license: GPL-2.0-or-later AND MPL-2.0 }
  - { name: jq, versions: ["1.6-*"], license: MIT }
`,
  },
  {
    path: "policies/roles.yaml",
    kind: "roles",
    text: `kind: Roles
roles:
  # Approve everything; alone: catalog/, policies/, slipway.yaml, .github/ and base images. Put your own teams or users here.
  administrator: { teams: [your-organisation/image-admins] }
  # Approve images that are no base images.
  privileged-developer: { teams: [your-organisation/image-devs] }
`,
  },
  { path: ".gitignore", text: ".slipway/\n" },
];
