/** A small, valid catalogue that uses everything a definition can say; its files by path. */
const SHA = "0123456789abcdef".repeat(4);

/** The files that tests mutate, the most important ones first. */
export const RICH_IMAGE = "images/rich/image.yaml";
export const RICH_MATRIX = "images/many/image.yaml";
export const RICH_MODULE = "catalog/modules/users/app/module.yaml";

export const RICH: Readonly<Record<string, string>> = {
  "slipway.yaml": `kind: Settings
registry: docker://registry.example:5000/team
platforms: [linux/amd64]
builder: { revision: 2 }
updates: { limit: 3, groups: { tools: [curl, jq*] } }
defaults:
  metadata: { role: platform, author: a@example.org, extendable: true }
  labels: { org.example.team: platform }
  env: { LANG: C.UTF-8 }
  tags: [latest, stable]
downloads:
  private-hosts: [files.internal]
  mirrors: { "https://example.org/": "https://files.internal/example/" }
`,
  "catalog/bases.yaml": `kind: Bases
bases:
  - { ref: "registry.example/os/debian:12", digest: "sha256:${SHA}", os: debian }
  - { ref: "registry.example/golang:1.21", digest: "sha256:${SHA.replaceAll("0", "f")}", os: debian }
`,
  "catalog/system/debian.yaml": `kind: SystemPackages
os: debian
packages:
  - { name: ca-certificates, license: GPL-2.0-or-later }
  - { name: curl, versions: ["7.88.*", "8.*"], license: curl }
  - { name: jq, versions: ["1.6-2.1"] }
  - name: libpq5
`,
  "catalog/runtime/python3.yaml": `kind: RuntimePackages
language: python3
packages:
  - { name: flask, versions: ["2.*"] }
  - { name: Ruamel.yaml }
`,
  "policies/operating-systems.yaml": "kind: OperatingSystems\nallowed: [debian, alpine]\nlevel: warn\n",
  "policies/roles.yaml": `kind: Roles
roles:
  administrator: { users: [alice], teams: [acme/admins] }
  privileged-developer: { users: [bob] }
paths: [{ path: images/rich/, users: [carol] }]
`,
  "catalog/modules/tools/module.yaml": `kind: Module
name: tools
version: "2"
system-packages: [jq]
env: { TOOLS: "2", SHARED: tools }
setup: [[/usr/bin/tools, --install]]
`,
  "catalog/modules/tools-1/module.yaml": 'kind: Module\nname: tools\nversion: "1"\n',
  [RICH_MODULE]: `kind: Module
name: users/app
version: "1"
description: An application's user.
modules: [{ name: tools, version: "2" }]
system-packages: [{ name: curl, version: 7.88.1-10 }]
artifacts:
  - { path: passwd, target: /etc/passwd.d/app, mode: "0644" }
  - { image: tool, path: /bin/tool, target: /usr/bin/tool }
env:
  - { name: SHARED, value: users }
  - { name: USERS, value: "" }
labels: { org.example.users: app }
ports: [9000]
volumes: [/home/app]
setup:
  - adduser app
run: { user: app, workdir: /home/app }
`,
  "catalog/modules/users/app/passwd": "app:x:1000:1000::/:/bin/sh\n",
  "images/base/image.yaml": `kind: BaseImage
name: base
version: "12.1"
os: debian
language: python3
bootstrap: { manager: apt, suite: bookworm, variant: minbase, packages: [ca-certificates] }
metadata: { extendable: true }
run: { user: "1000:0", shell: [/bin/bash, -o, pipefail, -c] }
`,
  "images/external/image.yaml": `kind: BaseImage
name: external
version: "1"
from: registry.example/os/debian:12
metadata: { deprecated: { since: 2026-01-01, reason: too old, replacement: base } }
`,
  "images/tool/image.yaml": `kind: BaseImage
name: tool
version: "1.0"
from: scratch
artifacts: [{ path: files, dest: /, owner: "0:0" }]
run: { entrypoint: [/bin/tool] }
`,
  "images/tool/files/bin/tool": "tool\n",
  "images/tool/files/etc/tool.conf": "conf\n",
  [RICH_IMAGE]: `kind: Image
name: rich
version: "1.10"
description: Everything at once.
language: python3
os: debian
metadata:
  role: data
  author: someone@example.org
  tier: 1
  deprecated: { since: 2026-01-01, reason: too rich, replacement: base }
parent: base
platforms: [linux/amd64]
tags: [edge, "1"]
modules: [{ name: users/app, version: "1" }]
stages:
  - name: build
    from: registry.example/golang:1.21
    os: debian
    language: python3
    system-packages: [{ name: curl, version: 8.5.0-2 }]
    runtime-packages: [flask]
    artifacts:
      - { path: src, dest: /src, owner: "1000:1000" }
    env: { CGO_ENABLED: 0 }
    setup:
      - go build -o /out/app ./...
      - [chmod, "0755", /out/app]
    run: { workdir: /src, user: root, shell: [/bin/sh, -eu, -c] }
  - name: pack
    parent: build
    artifacts: [{ image: tool, path: /bin/tool, target: /usr/bin/tool }]
    setup: [[tool, --pack]]
  - { name: empty, from: scratch, artifacts: [{ image: pack, path: /out, dest: /out }] }
system-packages:
  - libpq5
  - { name: curl, version: 7.88.1-10 }
runtime-packages: [Ruamel.yaml, { name: flask, version: 2.3.1 }]
artifacts:
  - { path: src/main.go, dest: /usr/share/rich/, mode: "0600", owner: app:app }
  - { path: /images/tool/files, dest: /srv/tool, name: the tool }
  - url: https://example.org/v1/x.tar.gz?a=b
    sha256: ${SHA}
    mirrors: ["https://files.example/x.tar.gz"]
    dest: /opt
    target: x.tar.gz
    mode: "0640"
  - { url: "https://example.org/y", sha256: ${SHA}, dest: /opt }
  - { image: empty, path: /out/app, target: /usr/bin/app, owner: root }
  - { image: tool, path: /etc, dest: /etc/tool }
env:
  MODE: production
  EMPTY: ""
  QUOTES: a "b" 'c' $HOME \\
  LINES: |
    one
    two
labels:
  - { name: org.example.title, value: rich }
  - { name: org.example.note, value: "x\\ny" }
ports: [8080, 9090/udp, { port: 443 }, { value: 53/sctp, expose: false }]
volumes: [/var/lib/rich, { name: cache, path: /var/cache/rich }]
setup:
  - install -d /var/lib/rich
  - [touch, "/srv/a b", ""]
run:
  user: app:app
  workdir: /opt/rich
  entrypoint: [/usr/bin/app, --flag]
  cmd: serve --port 8080
  stopsignal: SIGTERM
  shell: [/bin/bash, -c]
  healthcheck:
    command: [curl, -f, localhost]
    interval: 1m30s
    timeout: 500ms
    start-period: 10s
    retries: 3
tests:
  - command: [id, -un]
    stdout: { equals: app }
  - { file: /usr/bin/app, mode: "0755" }
rebuild: { nonce: "1", reason: to see }
`,
  "images/rich/src/main.go": "package main\n",
  "images/rich/src/deep/x.go": "package deep\n",
  [RICH_MATRIX]: `name: many-\${{ matrix.version }}-\${{ matrix.flavour }}
version: "\${{ matrix.version }}"
matrix:
  version: ["3.11", "3.12"]
  flavour: [slim, full]
  exclude: [{ version: "3.12", flavour: full }]
  include: [{ version: "3.13", flavour: slim }]
parent: rich
env: { VERSION: "\${{ matrix.version }}", FLAVOUR: "x \${{ matrix.flavour }} y" }
setup: ["echo \${{ matrix.flavour }}"]
run: { healthcheck: none }
`,
};
