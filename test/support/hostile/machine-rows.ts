import { attempt, type HostFacts, type HostileRow, python } from "./row.js";

/*
 * Further ways, which are not rows because trying them would harm a machine that does not withstand them, or take too long: a FIFO in
 * place of a file that Slipway writes (a writer waits forever); a file of many gigabytes in a package database or in /media (fills the
 * disk); a fork bomb; writing core_pattern, release_agent, uevent_helper, sysrq-trigger or the machine's disk instead of only opening
 * them; a real change of the clock or the host name; loading a kernel module; exhausting inodes, file descriptors or process numbers; a
 * layer with millions of files; a log without an end; a command that ignores signals until the time limit.
 */

/** Ways to the settings, packages and caches of a build. */
const mediaRows = ({ directory }: HostFacts): readonly HostileRow[] => [
  attempt(
    "media-bin",
    "for d in /media/bin /media/0/bin; do",
    "  mkdir -p $d",
    "  printf '#!/bin/sh\\n>/escaped\\nexec /bin/rm \"$@\"\\n' > $d/rm",
    "  printf '#!/bin/sh\\n>/escaped\\nexec /usr/bin/apt-get \"$@\"\\n' > $d/apt-get",
    "  chmod 755 $d/rm $d/apt-get",
    "done",
  ),
  attempt("media-env", "echo ': > /media-env-was-here' | tee -a /media/env /media/*/env"),
  attempt("media-config", "echo 'APT::Update::Pre-Invoke { \"touch /escaped\"; };' | tee -a /media/*/apt.conf"),
  attempt("media-sources", "echo 'deb [trusted=yes] file:/media/cache/evil ./' | tee -a /media/*/sources.list"),
  attempt(
    "media-archive",
    'for f in /media/packages/*/apt/* /media/cache/apt/archives/*; do echo media-archive >> "$f"; done',
    'for f in /media/packages/*/apt/*.deb; do cp /usr/bin/tool "$f"; done',
    "cp /usr/bin/tool /media/cache/apt/archives/tool_1.0_all.deb",
  ),
  attempt("media-lists", 'for f in /media/cache/apt/lists/*; do echo media-lists >> "$f"; done'),
  attempt(
    "media-link",
    "rm -rf /media/*/env /media/cache/apt",
    `ln -s ${directory}/victim /media/0/env`,
    `ln -s ${directory} /media/cache/apt`,
  ),
  attempt(
    "media-link-directory",
    "mv /media/0 /media/media-link-directory",
    `ln -s ${directory} /media/0`,
    `mv /media/cache/apt /media/cache/media-link-directory; ln -s ${directory} /media/cache/apt`,
  ),
  attempt(
    "media-dotdot",
    "ln -s ../../../../../../../etc /media/cache/media-dotdot",
    "touch /media/cache/media-dotdot/../media-dotdot-was-here /media/../media-dotdot-was-here",
    "rm -f /media-dotdot-was-here",
  ),
];

/** Files of unusual kinds, names and permissions where builds may write, and what lies below it. */
const oddRows: readonly HostileRow[] = [
  attempt("media-setuid", "cp /bin/sh /media/cache/media-setuid", "chmod 4755 /media/cache/media-setuid"),
  attempt(
    "media-capability",
    "cp /bin/sh /media/cache/media-capability",
    python(
      "import os, struct",
      "os.setxattr('/media/cache/media-capability', 'security.capability', struct.pack('<IIIII', 0x2000001, 1 << 7, 0, 0, 0))",
    ),
  ),
  attempt("media-fifo", "mkfifo /media/media-fifo /media/cache/media-fifo /media/cache/apt/lists/media-fifo"),
  attempt(
    "media-device",
    "mknod /media/cache/media-device c 1 5",
    "head -c 1 /media/cache/media-device > /dev/null && : > /escaped",
  ),
  attempt("media-socket", python("import socket", "socket.socket(socket.AF_UNIX).bind('/media/cache/media-socket')")),
  attempt(
    "media-names",
    'touch /media/cache/-rf "/media/cache/media names"',
    "touch \"$(printf '/media/cache/media\\nnames')\" \"$(printf '/media/cache/media-\\377')\"",
    "mkdir -p \"/media/cache/$(head -c 200 /dev/zero | tr '\\0' m)\"",
  ),
  attempt("media-sparse", "truncate -s 1T /media/cache/media-sparse"),
  attempt("media-hard-link", "ln /media/0/env /media/cache/media-hard-link"),
  attempt("media-mode", "chmod 777 /media /media/* /media/*/*", "chown -R 1000 /media"),
  attempt("media-immutable", "chattr +i /media/0/env; chattr -R +i /media/cache"),
  attempt("media-remove", "rm -rf /media/* /media", "mkdir /media", "echo media-remove > /media/0/env"),
  attempt(
    "media-remount",
    "mount -o remount,rw /media && : > /escaped",
    "umount /media && : > /escaped",
    "rm -rf /run/mount",
  ),
  attempt(
    "store-hard-link",
    'for f in /media/packages/*/*/*; do ln "$f" /store-hard-link && echo x >> /store-hard-link && : > /escaped; done',
    'for f in /media/packages/*/*/*; do echo x >> "$f" && : > /escaped; ln "$f" /media/cache/ && : > /escaped; done',
  ),
  attempt(
    "left-behind",
    "setsid sh -c 'sleep 2; touch /media/left-behind /media/cache/left-behind /left-behind; exec sleep 987654' > /dev/null 2>&1 < /dev/null &",
  ),
];

/** Ways to what builds share. */
export const sharedRows = (host: HostFacts): readonly HostileRow[] => [...mediaRows(host), ...oddRows];

/** Ways to the machine's files and processes. */
const processRows = ({ directory, secret, pid }: HostFacts): readonly HostileRow[] => {
  const seen = (path: string) => `grep -qs ${secret} ${path} && : > /escaped`;
  return [
    attempt("host-root", seen(`/proc/1/root${directory}/secret`), seen(`/proc/1/cwd${directory}/secret`)),
    attempt("host-roots", `for p in /proc/[0-9]*; do ${seen(`$p/root${directory}/secret`)}; done`),
    attempt(
      "host-descriptors",
      `for f in /proc/self/fd/* /proc/1/fd/*; do ${seen(`$f/../../../../../../..${directory}/secret`)}; done`,
    ),
    attempt(
      "host-workdir",
      `for n in 3 4 5 6 7 8 9 10; do (cd /proc/self/fd/$n 2>/dev/null && ${seen(`../../../../../../..${directory}/secret`)}); done`,
    ),
    attempt(
      "host-processes",
      'grep -lsa "b[u]ildah" /proc/[0-9]*/cmdline | grep -v "/$$/" > /tmp/found',
      "[ ! -s /tmp/found ] || : > /escaped",
      "rm -f /tmp/found",
    ),
    attempt("host-signal", `kill -TERM ${pid} && : > /escaped`),
    attempt(
      "host-trace",
      python(
        "import ctypes, os",
        "libc = ctypes.CDLL(None)",
        "for name in os.listdir('/proc'):",
        "    if name.isdigit() and int(name) not in (1, os.getpid(), os.getppid()) and libc.ptrace(16, int(name), 0, 0) == 0:",
        "        open('/escaped', 'w')",
      ),
    ),
  ];
};

/** Ways to the machine's kernel by its files. */
const kernelRows = ({ device }: HostFacts): readonly HostileRow[] => [
  attempt(
    "host-memory",
    "for f in /dev/mem /dev/kmem /dev/port /dev/kmsg /proc/kcore; do head -c 1 $f > /dev/null 2>&1 && : > /escaped; done",
  ),
  attempt(
    "host-disk",
    `mknod /host-disk b ${device.join(" ")}`,
    "head -c 1 /host-disk > /dev/null 2>&1 && : > /escaped",
    "rm -f /host-disk",
  ),
  attempt("host-core-pattern", "sh -c ': >> /proc/sys/kernel/core_pattern' && : > /escaped"),
  attempt("host-sysrq", "sh -c ': >> /proc/sysrq-trigger' && : > /escaped"),
  attempt("host-uevent", "sh -c ': >> /sys/kernel/uevent_helper' && : > /escaped"),
  attempt(
    "host-cgroup",
    '[ -z "$(find /sys/fs/cgroup -name release_agent)" ] || : > /escaped',
    "for f in /sys/fs/cgroup/devices/devices.allow; do [ ! -e $f ] || { echo 'c 1:1 r' > $f; } 2>/dev/null && [ -e $f ] && : > /escaped; done",
  ),
];

/** Ways out by system calls. */
const systemCallRows = ({ directory, pid }: HostFacts): readonly HostileRow[] => [
  attempt(
    "host-mount",
    "mkdir -p /host-mount",
    "mount -t tmpfs none /host-mount && : > /escaped",
    "mount -t proc none /host-mount && : > /escaped",
    "mount --bind / /host-mount && : > /escaped",
    "rmdir /host-mount; rm -rf /run/mount",
  ),
  attempt(
    "host-namespace",
    "unshare --mount true && : > /escaped",
    "unshare --user --map-root-user --mount --cgroup sh -c 'mount -t cgroup -o memory none /mnt; ls /mnt/release_agent' && : > /escaped",
    "rm -rf /run/mount",
  ),
  attempt(
    "host-enter",
    "nsenter --target 1 --mount true && : > /escaped",
    `nsenter --target ${pid} --mount true && : > /escaped`,
  ),
  attempt(
    "host-pivot",
    python(
      "import ctypes, os",
      "libc = ctypes.CDLL(None)",
      "os.makedirs('/host-pivot')",
      "fd = os.open('/', os.O_RDONLY)",
      "os.chroot('/host-pivot')",
      "os.fchdir(fd)",
      "[os.chdir('..') for _ in range(64)]",
      "os.chroot('.')",
      `open('/escaped', 'w') if os.path.exists('${directory}/secret') else None`,
      "os.rmdir('/host-pivot')",
    ),
  ),
  attempt(
    "host-handle",
    python(
      "import ctypes",
      "libc = ctypes.CDLL(None)",
      "handle = (ctypes.c_ubyte * 16)(8, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0)",
      "fd = libc.syscall(304, libc.open(b'/etc/hosts', 0), handle, 0)",
      "open('/escaped', 'w') if fd >= 0 else None",
    ),
  ),
  attempt(
    "host-keys",
    python("import ctypes", "ctypes.CDLL(None).syscall(248, b'user', b'host-keys-was-here', b'x', 1, -4)"),
  ),
];

/** What else a machine has, and links that lead there. */
const placeRows = ({ directory }: HostFacts): readonly HostileRow[] => [
  attempt("host-clock", 'date --set="@$(date +%s)" > /dev/null && : > /escaped'),
  attempt("host-name", 'hostname "$(hostname)" && : > /escaped'),
  attempt("host-memory-directory", "touch /dev/shm/host-memory-directory", `touch ${directory}/host-memory-directory`),
  attempt(
    "host-hosts",
    "rm -f /etc/hosts /etc/resolv.conf",
    `ln -s ${directory}/victim /etc/hosts`,
    `ln -s ${directory}/victim /etc/resolv.conf`,
  ),
  {
    name: "host-workdir-link",
    image: { parent: "host-workdir-link-base", run: { workdir: `/srv/link/made` }, setup: [["true"]] },
    more: { "host-workdir-link-base": { setup: [`mkdir -p /srv && ln -s ${directory} /srv/link`] } },
    expect: "built",
  },
  {
    name: "host-artifact-link",
    image: {
      parent: "host-artifact-link-base",
      artifacts: [{ image: "python", path: "/etc/passwd", target: "/srv/link/victim" }],
    },
    more: { "host-artifact-link-base": { setup: [`mkdir -p /srv && ln -s ${directory} /srv/link`] } },
    expect: "built",
  },
];

/** Ways to the machine itself. */
export const hostRows = (host: HostFacts): readonly HostileRow[] => [
  ...processRows(host),
  ...kernelRows(host),
  ...systemCallRows(host),
  ...placeRows(host),
];

/** Ways to the network of the machine. Nothing is sent to another address than its loopback interface. */
export const networkRows = ({ service, socket }: HostFacts): readonly HostileRow[] => [
  attempt(
    "network-loopback",
    python(
      "import urllib.request",
      `urllib.request.urlopen('${service}/network-loopback', timeout=5)`,
      "open('/escaped', 'w')",
    ),
  ),
  attempt(
    "network-abstract",
    python(
      "import socket",
      "s = socket.socket(socket.AF_UNIX)", // Node.js pads the name.
      `s.connect('\\0${socket}'.ljust(108, '\\0'))`,
      "open('/escaped', 'w')",
    ),
  ),
  attempt("network-interfaces", "grep -vE '^(Inter|.*face|  *lo:)' /proc/net/dev > /dev/null && : > /escaped"),
  // Only where there is no way to it, so that nothing is sent.
  attempt(
    "network-metadata",
    "grep -qvE '^(Inter|.*face|  *lo:)' /proc/net/dev && : > /escaped && exit 0",
    python("import socket", "socket.create_connection(('169.254.169.254', 80), 5)", "open('/escaped', 'w')"),
  ),
  {
    name: "network-proxy",
    image: {
      network: "packages",
      setup: [
        `set +e\n${python(
          "import http.client, urllib.parse",
          `url = '${service}'`,
          "port = urllib.parse.urlsplit(url).port",
          "for host in ('127.0.0.1', 'localhost', '[::1]', '0.0.0.0', '2130706433', '127.1', '[::ffff:127.0.0.1]'):",
          "    for method, target in (('GET', f'http://{host}:{port}/network-proxy'), ('CONNECT', f'{host}:{port}')):",
          "        try:",
          "            proxy = http.client.HTTPConnection('127.0.0.1', 3128, timeout=5)",
          "            proxy.request(method, target)",
          "            status = proxy.getresponse().status",
          "        except Exception:",
          "            continue",
          "        if status < 400: open('/escaped', 'w')",
        )}\ntrue`,
      ],
    },
    expect: "built",
  },
  attempt(
    "network-raw",
    python("import socket", "socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0x0300)", "open('/escaped', 'w')"),
  ),
  attempt("network-netlink", "ip link add network-netlink type dummy && : > /escaped"),
];
