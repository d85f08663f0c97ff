import type { DocumentKind } from "../src/load/kinds/schema/kinds.js";

/** A whole file of each kind, for docs/reference. The tests load each with the real loader, so none may have a problem. */
export const EXAMPLES: Readonly<Record<DocumentKind, { readonly path: string; readonly text: string }>> = {
  image: {
    path: "images/example/image.yaml",
    text: `kind: Image
name: example-\${{ matrix.python }}
version: 1.10              # text: 1.1 and 1.10 are different versions
description: What it is for.
language: python3
os: debian
metadata:
  role: payments
  extendable: false
  author: someone@example.org
  deprecated: { since: 2026-01-01, reason: Superseded by the next one., replacement: other-example }
parent: python-\${{ matrix.python }}
platforms: [linux/amd64]
tags: [latest, stable]
matrix:                    # two images: example-3.11 and example-3.12
  python: ["3.11", "3.12"]
network: packages
package-hosts: [packages.example.org]   # only with \`kind: BaseImage\`
stages:
  - name: build
    parent: golang-builder
    artifacts:
      - { path: app, dest: /src }
    setup:
      - [go, build, -o, /src/agent, /src]
modules: [certificates, { name: some/agent, version: "12" }]
system-packages:
  - libpq5
  - { name: curl, version: 7.88.1-10+deb12u15 }
runtime-packages: [requests]
runtime-manifest: requirements.txt
artifacts:
  - path: app              # beside this file; a folder is copied whole
    dest: /opt/app
    owner: app:app
  - url: https://example.org/data.tar.gz
    sha256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
    target: /opt/data.tar.gz
  - { image: build, path: /src/agent, target: /usr/bin/agent }
env: { MODE: production, EMPTY: "" }
labels: { org.opencontainers.image.title: example }
ports: [8080, 9090/udp]
volumes: [/var/lib/example]
setup:
  - install -d -o app /var/lib/example
  - [chmod, "0750", /opt/app]
run:
  user: app
  workdir: /opt/app
  entrypoint: [/opt/app/start]
  cmd: [--verbose]
  stopsignal: SIGTERM
  shell: [/bin/bash, -o, pipefail, -c]
  healthcheck:
    command: [curl, --fail, http://localhost:8080/]
    interval: 1m
tests:
  - name: it runs as app
    command: [id, -un]
    stdout: { equals: app }
  - file: /opt/app/start
    mode: "0755"
  - name: it answers
    serve: { port: 8080, ready: listening }
    requests:
      - { path: /healthz, answer: { json: "{}" } }
      - { path: /greet, json: '{"name": "Ada"}', answer: { status: 201, body: { contains: Ada } } }
    exit: 0
rebuild: { nonce: "1", reason: A certificate was replaced. }
`,
  },
  module: {
    path: "catalog/modules/some/agent/module.yaml",
    text: `kind: Module
name: some/agent
version: "12"
description: The agent, for images that run it.
modules: [certificates]    # what it needs comes first
system-packages: [curl]
runtime-packages: [requests]
runtime-manifest: requirements.txt
artifacts:
  - { path: app, dest: /opt/agent }   # beside this file
env: { AGENT: /opt/agent }
labels: { org.example.agent: "12" }
ports: [9100]
volumes: [/var/lib/agent]
setup:
  - /opt/agent/start --install
run:
  user: agent
`,
  },
  settings: {
    path: "slipway.yaml",
    text: `kind: Settings
registry: docker://registry.example.org/team
platforms: [linux/amd64]
defaults:
  metadata: { author: platform@example.org }
  labels: { org.opencontainers.image.vendor: Example }
downloads:
  private-hosts: [files.internal]
  mirrors: { "https://example.org/": "https://files.internal/example/" }
lock: { network: none }
builder:
  revision: 1
  timeout: 90              # minutes
  isolation: oci
updates:
  limit: 5
  groups:
    databases: ["postgresql-*", libpq5]
`,
  },
  systemPackages: {
    path: "catalog/system/devuan.yaml",
    text: `kind: SystemPackages
os: devuan
manager: apt               # only for an operating system that Slipway does not know
packages:
  - { name: ca-certificates, license: GPL-2.0-or-later AND MPL-2.0 }
  - name: curl
    versions: ["7.88.*"]
    license: curl
`,
  },
  runtimePackages: {
    path: "catalog/runtime/python3.yaml",
    text: `kind: RuntimePackages
language: python3
packages:
  - name: requests
    versions: ["2.31.*", "2.32.*"]
    license: Apache-2.0
    license-evidence: LICENSE of its source distribution
`,
  },
  bases: {
    path: "catalog/bases.yaml",
    text: `kind: Bases
bases:
  - ref: registry.example.org/debian:bookworm-slim
    digest: sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
    os: debian
    pinned: 2026-05-20
    package-hosts: [packages.example.org]
`,
  },
  roles: {
    path: "policies/roles.yaml",
    text: `kind: Roles
roles:
  administrator: { teams: [acme/image-admins], users: [alice] }
  privileged-developer: { teams: [acme/image-devs] }
  function-developer: { teams: [acme/function-devs] }
kinds:
  image: privileged-developer
  other: administrator
paths:
  - path: images/payments/
    teams: [acme/payments]
`,
  },
  exceptions: {
    path: "policies/exceptions.yaml",
    text: `kind: Exceptions
exceptions:
  - rule: version-not-approved
    image: python3-postgres
    package: psycopg2
    owner: "@acme/data-platform"
    reason: Needed until the migration in March is done.
    expires: 2027-03-31
  - rule: vulnerability
    image: python3-postgres
    advisory: CVE-2026-1234
    owner: "@acme/data-platform"
    reason: The function that is affected is not called.
    expires: 2026-12-31
`,
  },
  language: {
    path: "catalog/languages/uv/language.yaml",
    text: `kind: Language
name: uv
scopes: [python3-uv]
names:
  patterns: ["^[A-Za-z0-9][A-Za-z0-9._-]*$"]
  normalise: pep503
versions:
  patterns: ["^[0-9][0-9A-Za-z.*+!-]*$"]
spec: { any: "{name}", exact: "{name}=={version}", pattern: "{name}=={version}" }
installers: { debian: [python3-uv] }
list:
  command: [uv, pip, list, --system, --format, json]
  output: pip
offers: pip
manifests:
  - { file: requirements.txt, reader: requirements }
machine:
  environment: { UV_CACHE_DIR: "{mount}/uv" }
  certificates: [SSL_CERT_FILE]
  hosts: [packages.example.org]
`,
  },
  operatingSystems: {
    path: "policies/operating-systems.yaml",
    text: `kind: OperatingSystems
allowed: [debian, photon]
level: enforce
`,
  },
  vulnerabilities: {
    path: "policies/vulnerabilities.yaml",
    text: `kind: VulnerabilityPolicy
advisories:
  directory: advisories    # OSV records, in Git
  mirror: https://osv.example.org/
severity: { enforce: high, warn: medium, unknown: warn }
fixable-only: false
in-build: true
`,
  },
  packagePolicy: {
    path: "policies/packages.yaml",
    text: `kind: PackagePolicy
level: enforce
images: ["*"]
except: [legacy-*]
approval: { system: closure, runtime: report }
lock: required
forbidden:
  - { name: g++*, os: debian, reason: Compilers are for build stages., build-stages: false, except: [toolchain-*] }
  - { name: left-pad, language: nodejs, reason: Write it yourself., build-stages: true, level: warn }
required:
  - { name: opentelemetry-api, language: python3, reason: Every service is traced., base-images: false }
`,
  },
  licensePolicy: {
    path: "policies/licenses.yaml",
    text: `kind: LicensePolicy
level: enforce
images: ["*"]
except: [internal-*]
allow: [MIT, Apache-2.0, BSD-*, LGPL-*, PSF-2.0, GPL-2.0-only WITH Classpath-exception-2.0]
deny: [AGPL-*, GPL-*]
unknown: deny
declared:
  - name: libfoo*
    os: debian
    versions: ["1.*"]
    license: MIT OR GPL-2.0-or-later
    evidence: /usr/share/doc/libfoo1/copyright
`,
  },
  basePolicy: {
    path: "policies/bases.yaml",
    text: `kind: BasePolicy
level: enforce
images: ["*"]
except: [sandbox-*]
references: [docker.io/library/photon*, registry.example/*]
archives: [bookworm, https://packages.example/*]
max-age: 90
`,
  },
  imagePolicy: {
    path: "policies/images.yaml",
    text: `kind: ImagePolicy
level: enforce
images: ["*"]
except: [sandbox-*]
user: { root: deny, base-images: false, except: [installer-*] }
description: { required: true, level: warn }
sizes:
  - { max: 200MB }
  - { max: 1.5GB, base-images: true, level: warn }
labels:
  - { name: org.opencontainers.image.vendor, pattern: Acme*, base-images: true }
setup:
  allow:
    - { images: [tool-*], paths: [/usr/local/bin/*], kinds: [executable], reason: compiled in a build stage }
  base-images: false
`,
  },
  policyTests: {
    path: "policies/tests/packages.yaml",
    text: `kind: PolicyTests
tests:
  - name: a compiler is rejected, whoever brought it
    image:
      parent: debian-base
      system-packages: [build-essential]
    contents:
      - { type: deb, name: build-essential, version: "12.9", license: GPL-2.0-or-later, why: asked }
      - { type: deb, name: g++-12, version: 12.2.0-14, license: GPL-3.0-or-later, why: needed }
    expect: [package-forbidden]
    warn: []
  - name: an image as it is
    image: python3-web
    expect: allowed
`,
  },
};
