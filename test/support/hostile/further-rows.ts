import { attempt, brings, type HostFacts, type HostileRow, python } from "./row.js";

/*
 * Ways beyond those that were seen to work, written down before they were tried:
 *
 *   between the stages of a build   what a stage leaves in the caches: seen by the next, a forged package, forged lists, a link
 *   out of a stage                  through a second stage, within a directory, a package's program under another name, by a hard link
 *   overlayfs                       an attribute that hides what is below from whoever reads layers; a name that is a whiteout in a layer
 *   what Slipway reads              a pipe, a link out of the image, a directory, a device in place of dpkg's database; the same in place of
 *                                   what inventories read; a link to itself; a path longer than the kernel takes
 *   names                           line breaks, escape sequences, bytes that are no UTF-8
 *   files of packages               a link, other permissions, capabilities, the bytes of a package elsewhere, the release of the system
 *   hidden code                     compressed, behind a text, by magic number alone, in a profile, in cron, in a file of a home directory
 *   artifacts                       a declared one changed afterwards
 *   other databases                 those of rpm and apk where there are none, triggers of dpkg
 *   the kernel                      io_uring, bpf, perf events, userfaultfd, keyrings, a socket to the hypervisor, shared memory
 *   after the build                 a test of the image that reaches the machine
 *
 * Three of them were seen to get through, and are no rows therefore: a test of an image reaches services on the machine's loopback interface;
 * keyctl(2) tells the number of the keyring of the machine's root; a text of a package of the base (its release) may be changed where the
 * base was built elsewhere, so that its attribution is not known.
 */

const MADE = "setup-made";
const SITE = "/usr/lib/python3/dist-packages";
const ELF = "printf '\\177ELF\\2\\1\\1'";

/** A stage whose commands are all tried, and an image that is built after it. */
const afterStage = (
  name: string,
  commands: readonly string[],
  image: Readonly<Record<string, unknown>>,
): HostileRow => ({
  name,
  image: {
    stages: [
      {
        name: "s",
        parent: "python",
        "system-packages": ["other"],
        setup: [`set +e\n${commands.join("\n")}\n:`, "echo text > /srv/text"],
      },
    ],
    artifacts: [{ image: "s", path: "/srv/text", target: "/srv/text" }],
    ...image,
  },
  expect: "built",
});

const TOOL = [
  { file: "/usr/bin/tool", contains: "good" },
  { file: "/escaped", exists: false },
];

/** From one stage of a build to the next, through the caches. */
const cacheRows = ({ directory }: HostFacts): readonly HostileRow[] => [
  afterStage("further-cache", ["echo x > /media/cache/further-cache; mkdir /media/cache/further"], {
    setup: ["[ ! -e /media/cache/further-cache ] && [ ! -e /media/cache/further ] || : > /escaped"],
  }),
  afterStage(
    "further-cache-package",
    [
      "mkdir /tmp/deb && cd /tmp/deb",
      "dpkg-deb -R /media/packages/1/apt/*.deb tree",
      "sed -i 's/good/evil/' tree/usr/bin/tool",
      "dpkg-deb --build -Znone --root-owner-group tree /media/cache/apt/archives/tool_1.0_all.deb",
      // apt compares sizes, and nothing else. Compressed archives would have others.
      "[ $(stat -c %s /media/cache/apt/archives/*.deb) = $(stat -c %s /media/packages/1/apt/*.deb) ] || exit 1",
      "rm -r /tmp/deb",
    ],
    { tests: TOOL },
  ),
  afterStage(
    "further-cache-lists",
    [
      "mkdir -p /media/cache/apt/lists",
      "for f in /media/packages/1/apt/Packages; do sed 's/^SHA256: .*/SHA256: 0/; s/^Filename: .*/Filename: evil.deb/' $f > /media/cache/apt/lists/_media_packages_1_apt_._Packages; done",
    ],
    { tests: TOOL },
  ),
  afterStage(
    "further-cache-link",
    ["rm -rf /media/cache/*", `ln -s ${directory} /media/cache/apt; ln -s ${directory}/victim /media/cache/pip`],
    { tests: TOOL },
  ),
];

/** Out of a stage. */
const copiedRows: readonly HostileRow[] = [
  {
    name: "further-stage-of-stage",
    image: {
      stages: [
        { name: "a", parent: "python", setup: [`${ELF} > /opt/program`] },
        { name: "b", parent: "python", artifacts: [{ image: "a", path: "/opt/program", target: "/srv/data" }] },
      ],
      artifacts: [{ image: "b", path: "/srv/data", target: "/usr/local/bin/program" }],
    },
    expect: { refused: MADE },
  },
  {
    name: "further-stage-directory",
    image: {
      stages: [{ name: "s", parent: "python", setup: [`mkdir -p /opt/d/e && ${ELF} > /opt/d/e/program`] }],
      artifacts: [{ image: "s", path: "/opt/d", target: "/opt/d" }],
    },
    expect: { refused: MADE },
  },
  {
    name: "further-stage-renamed",
    image: {
      stages: [
        { name: "s", parent: "python", "system-packages": ["other"], setup: ["mv /usr/bin/other /opt/renamed"] },
      ],
      artifacts: [{ image: "s", path: "/opt/renamed", target: "/usr/local/bin/renamed" }],
    },
    expect: { refused: MADE },
  },
  {
    name: "further-stage-link",
    image: {
      stages: [{ name: "s", parent: "python", setup: [`${ELF} > /opt/program && ln /opt/program /opt/text`] }],
      artifacts: [{ image: "s", path: "/opt/text", target: "/srv/text" }],
    },
    expect: { refused: MADE },
  },
];

/** What only whoever reads layers sees, or does not. */
const layerRows: readonly HostileRow[] = [
  {
    name: "further-opaque",
    image: {
      stages: [
        { name: "a", parent: "python", setup: [`mkdir -p /opt/d && ${ELF} > /opt/d/program`] },
        {
          name: "b",
          parent: "a",
          setup: ["python3 -B -c \"import os; os.setxattr('/opt/d', 'user.overlay.opaque', b'y')\""],
        },
      ],
      artifacts: [{ image: "b", path: "/opt/d", target: "/opt/d" }],
    },
    expect: { refused: MADE },
  },
  // On this machine a file of that name, and a whiteout wherever the image is pulled.
  {
    name: "further-whiteout",
    image: { "system-packages": [], setup: ["touch /var/lib/.wh.dpkg"] },
    expect: { refused: "package-database" },
  },
];

/** What Slipway reads from outside. */
const readRows = ({ directory }: HostFacts): readonly HostileRow[] => [
  brings("further-status-pipe", "package-database", "rm /var/lib/dpkg/status", "mkfifo /var/lib/dpkg/status"),
  brings(
    "further-status-link",
    "package-database",
    "rm /var/lib/dpkg/status",
    `ln -s ${directory}/secret /var/lib/dpkg/status`,
  ),
  brings("further-status-directory", "package-database", "rm /var/lib/dpkg/status", "mkdir /var/lib/dpkg/status"),
  brings("further-database-moved", "package-database", "mv /var/lib/dpkg /opt/dpkg", "ln -s /opt/dpkg /var/lib/dpkg"),
  brings("further-pipe", MADE, "mkdir -p /opt/node_modules/x", "mkfifo /opt/node_modules/x/package.json"),
  brings(
    "further-link",
    MADE,
    `mkdir ${SITE}/x-1.dist-info`,
    `ln -s ../../../../../../../../..${directory}/secret ${SITE}/x-1.dist-info/METADATA`,
  ),
  brings("further-loop", MADE, `ln -s loop ${SITE}/loop`, `ln -s . ${SITE}/here`),
  {
    name: "further-deep",
    image: {
      setup: [
        python(
          "import os",
          "os.chdir('/srv')",
          "for _ in range(60):",
          "    os.mkdir('d' * 200)",
          "    os.chdir('d' * 200)",
          "open('program.py', 'w').write('1')",
        ),
      ],
    },
    // Longer than the kernel takes: Buildah leaves it out.
    expect: "built",
  },
  brings(
    "further-names",
    MADE,
    `${ELF} > "$(printf '/srv/line\\nbreak')"`,
    `${ELF} > "$(printf '/srv/\\033[31m::error::')"`,
    `${ELF} > "$(printf '/srv/\\377\\376')"`,
  ),
];

/** Files of packages, and code that does not look like it. */
const fileRows: readonly HostileRow[] = [
  brings("further-replaced", "package-file-changed", "rm /usr/bin/tool && ln -s python3 /usr/bin/tool"),
  brings("further-mode", MADE, "chmod 4755 /usr/bin/tool"),
  brings(
    "further-capability",
    MADE,
    "python3 -B -c \"import os, struct; os.setxattr('/usr/bin/tool', 'security.capability', struct.pack('<IIIII', 0x2000001, 1 << 7, 0, 0, 0))\"",
  ),
  brings("further-same-bytes", MADE, "cp /usr/bin/tool /usr/local/bin/same-bytes"),
  brings("further-hard-link", MADE, "ln /usr/bin/dash /srv/hard-link"),
  brings("further-compressed", MADE, `${ELF} | gzip > /srv/text.txt`),
  brings(
    "further-behind-text",
    MADE,
    "python3 -B -c \"import io, zipfile; z = io.BytesIO(); zipfile.ZipFile(z, 'w').writestr('__main__.py', '1'); open('/srv/page.html', 'wb').write(b'<p>' + z.getvalue())\"",
  ),
  brings(
    "further-bytecode",
    MADE,
    "python3 -B -c \"import importlib.util as u; open('/srv/data', 'wb').write(u.MAGIC_NUMBER + bytes(12) + b'x')\"",
  ),
  brings("further-profile", MADE, "echo 'curl x' > /etc/profile.d/further"),
  brings("further-cron", MADE, "mkdir -p /etc/cron.d && echo '* * * * * root x' > /etc/cron.d/further"),
  brings("further-home", MADE, "mkdir -p /root && echo 'alias ls=x' > /root/.bashrc"),
  brings("further-moved-site", MADE, `mv ${SITE} /srv/site && ln -s /srv/site ${SITE}`),
  {
    name: "further-artifact",
    image: {
      artifacts: [{ image: "python", path: "/etc/issue", target: "/srv/declared" }],
      setup: [`${ELF} > /srv/declared`],
    },
    expect: { refused: MADE },
  },
  brings("further-rpm", "package-database", "mkdir -p /var/lib/rpm && echo x > /var/lib/rpm/further"),
  brings("further-apk", "package-database", "mkdir -p /lib/apk/db && echo 'P:x' > /lib/apk/db/installed"),
  brings("further-trigger", "package-database", "echo '/usr/lib tool' >> /var/lib/dpkg/triggers/File"),
];

const call = (name: string, ...lines: readonly string[]) =>
  attempt(name, python("import ctypes, socket", "libc = ctypes.CDLL(None)", ...lines));

/** The kernel, of which all containers have the same. */
const kernelRows: readonly HostileRow[] = [
  call(
    "further-io-uring",
    "open('/escaped', 'w') if libc.syscall(425, 8, ctypes.create_string_buffer(120)) >= 0 else None",
  ),
  call(
    "further-bpf",
    "open('/escaped', 'w') if libc.syscall(321, 0, ctypes.create_string_buffer(72), 72) >= 0 else None",
  ),
  call(
    "further-perf",
    "event = ctypes.create_string_buffer(128)",
    "event[4] = 112",
    "open('/escaped', 'w') if libc.syscall(298, event, -1, 0, -1, 0) >= 0 else None",
  ),
  call("further-userfaultfd", "open('/escaped', 'w') if libc.syscall(323, 0) >= 0 else None"),
  call("further-hypervisor", "socket.socket(40, socket.SOCK_STREAM)", "open('/escaped', 'w')"),
  call("further-shared-memory", "libc.shmget(0x51ab, 4096, 0o1666)"),
];

/** Ways through the stages of a build, the layers of an image, and what is read from outside. */
export const furtherRows = (host: HostFacts): readonly HostileRow[] => [
  ...cacheRows(host),
  ...copiedRows,
  ...layerRows,
  ...readRows(host),
];

/** Ways through files and the kernel. */
export const furtherFileRows = (): readonly HostileRow[] => [...fileRows, ...kernelRows];
