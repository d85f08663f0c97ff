import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Attribution } from "../../src/model/attribution.js";
import { TestCatalogue } from "../support/catalogue.js";
import { layoutTags } from "../support/layout.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

/** What `setup` makes and no list approves. Each image tries another way; busybox is all that they need. */
const test = suite("what setup brings in");
let workspace: Workspace;
let catalogue: TestCatalogue;

const STATUS = `Package: libpq5
Status: install ok installed
Architecture: amd64
Version: 15.18-0+deb12u1
Depends: libc6 (>= 2.34), libssl3
Description: a library

Package: libssl3
Status: install ok installed
Architecture: amd64
Version: 3.0.20-1
Description: another one
`;

const ELF = String.raw`printf '\177ELF\002\001\001'`;
const PYC = String.raw`printf '\247\015\015\012\000\000\000\000\000\000\000\000\000\000\000\000x'`;
const DATABASE = "package-database";
const MADE = "setup-made";

/** By image: what is expected (code and words of the message), and the commands. */
const ATTACKS: Readonly<Record<string, readonly [code: string, words: RegExp, ...commands: string[]]>> = {
  // Databases
  stanza: [DATABASE, /libssl3 3\.0\.20-1/, "busybox sed -i '/Package: libssl3/,$d' /var/lib/dpkg/status"],
  nodpkg: [DATABASE, /libpq5 15\.18/, "rm -rf /var/lib/dpkg"],
  noparent: [DATABASE, /removes \/var\/lib\b/, "rm -rf /var/lib"],
  depends: [DATABASE, /libpq5 .* has another depends/, "busybox sed -i 's/libc6 (>= 2.34), //' /var/lib/dpkg/status"],
  more: [
    DATABASE,
    /evil 1/,
    "busybox printf '\\nPackage: evil\\nStatus: install ok installed\\nVersion: 1\\n' >> /var/lib/dpkg/status",
  ],
  statusd: [
    DATABASE,
    /writes \/var\/lib\/dpkg\/status\.d\/evil/,
    "mkdir -p /var/lib/dpkg/status.d && echo 'Package: evil' > /var/lib/dpkg/status.d/evil",
  ],
  list: [DATABASE, /writes \/var\/lib\/dpkg\/info\/libpq5\.list/, "echo /opt/x >> /var/lib/dpkg/info/libpq5.list"],
  metadata: [DATABASE, /left-pad 1\.3\.0 \(npm\) is missing/, "rm /srv/node_modules/left-pad/package.json"],
  renamed: [DATABASE, /left-pad 1\.3\.0 \(npm\) is missing/, "busybox mv /srv/node_modules /srv/modules"],
  // Programs
  binary: [MADE, /something executable: \/opt\/x/, `${ELF} > /opt/x`],
  backdated: [MADE, /something executable: \/opt\/x/, `${ELF} > /opt/x; chmod 755 /opt/x; touch -d @0 /opt/x`],
  overwritten: [MADE, /something executable: \/bin\/ls/, `rm /bin/ls; ${ELF} > /bin/ls; chmod 755 /bin/ls`],
  script: [
    MADE,
    /something executable: \/usr\/bin\/tool/,
    "mkdir -p /usr/bin; busybox printf '#!/bin/sh\\necho' > /usr/bin/tool; chmod 755 /usr/bin/tool",
  ],
  hardlink: [MADE, /something executable: \/opt\/sh/, "busybox ln /bin/busybox /opt/sh"],
  moved: [MADE, /something executable: \/opt\/sh/, "busybox cp -a /bin/busybox /opt/sh"],
  setuid: [MADE, /setuid or setgid program: \/bin\/busybox/, "chmod u+s /bin/busybox"],
  executable: [MADE, /something executable: \/etc\/passwd/, "chmod 755 /etc/passwd"],
  // What others load
  python: [
    MADE,
    /interpreters load: \/usr\/lib\/python3\/dist-packages\/evil\.py/,
    "echo 'import os' > /usr/lib/python3/dist-packages/evil.py",
  ],
  pth: [
    MADE,
    /interpreters load: \/usr\/lib\/python3\/dist-packages\/a\.pth/,
    "echo 'import os' > /usr/lib/python3/dist-packages/a.pth",
  ],
  jar: [MADE, /an archive of code: \/opt\/app\.bin/, String.raw`printf 'PK\003\004xxxx' > /opt/app.bin`],
  pyc: [MADE, /bytecode: \/usr\/lib\/cache/, `${PYC} > /usr/lib/cache`],
  deb: [MADE, /a library: \/opt\/data/, String.raw`printf '!<arch>\ndebian-binary' > /opt/data`],
  packed: [MADE, /an archive of code: \/opt\/data/, `${ELF} | busybox gzip > /opt/data`],
  link: [
    MADE,
    /interpreters load: \/usr\/lib\/python3\/dist-packages\/evil\.py/,
    "echo 'import os' > /opt/data && busybox ln -s /opt/data /usr/lib/python3/dist-packages/evil.py",
  ],
  preload: [MADE, /a setting that .*: \/etc\/ld\.so\.preload/, "echo /opt/data > /etc/ld.so.preload"],
  sources: [
    MADE,
    /a setting that .*: \/etc\/apt\/sources\.list/,
    "mkdir -p /etc/apt && echo 'deb [trusted=yes] http://127.0.0.1 x y' > /etc/apt/sources.list",
  ],
  npmrc: [
    MADE,
    /a setting that .*: \/root\/\.npmrc/,
    "mkdir -p /root && echo 'registry=http://127.0.0.1' > /root/.npmrc",
  ],
};

const image = (name: string, commands: readonly string[]) =>
  `name: ${name}\nversion: "1"\nparent: base\nsetup:\n${commands.map((command) => `  - ${JSON.stringify(command)}\n`).join("")}`;

interface Built {
  readonly results: readonly {
    readonly image: string;
    readonly outcome: string;
    readonly imageId: string | null;
    readonly error?: { readonly code: string; readonly message: string; readonly tail?: readonly string[] };
  }[];
}

test.before(async () => {
  workspace = await Workspace.create();
  catalogue = await TestCatalogue.create(workspace, "catalogue", {
    ...Object.fromEntries(
      Object.entries(ATTACKS).map(([name, [, , ...commands]]) => [`images/${name}/image.yaml`, image(name, commands)]),
    ),
    "images/base/rootfs/opt/.keep": "",
    "policies/exceptions.yaml": `kind: Exceptions
exceptions:
  - { rule: package-unasked, image: base, owner: "@bob", reason: of the test, expires: 2999-01-01 }
`,
    "images/base/rootfs/srv/node_modules/left-pad/package.json": '{"name":"left-pad","version":"1.3.0"}\n',
    "images/base/rootfs/usr/lib/python3/dist-packages/.keep": "",
    "images/base/rootfs/var/lib/dpkg/status": STATUS,
    "images/base/rootfs/var/lib/dpkg/info/libpq5.list": "/usr/lib/libpq.so.5\n",
    "images/fine/image.yaml": `name: fine
version: "1"
parent: base
artifacts:
  - { path: run.sh, dest: /srv }
setup:
  - mkdir -p /srv/data && echo data > /srv/data/file && chmod 644 /etc/passwd
  - echo 'app:x:1:1::/srv:/bin/sh' >> /etc/passwd
  - chmod 755 /srv/run.sh && busybox cp -a /srv/run.sh /srv/data/run && busybox ln -s file /srv/data/link
`,
    "images/fine/run.sh": "#!/bin/sh\necho fine\n",
    "images/staged/image.yaml": `name: staged
version: "1"
parent: base
stages:
  - name: compile
    parent: base
    setup:
      - ${JSON.stringify(`${ELF} > /opt/tool; chmod 755 /opt/tool; echo data > /opt/data`)}
artifacts:
  - { image: compile, path: /opt/tool, target: /usr/bin/tool }
  - { image: compile, path: /opt/data, target: /srv/data }
  - { image: compile, path: /bin/busybox, target: /srv/busybox }
setup:
  - chmod 700 /usr/bin/tool
`,
  });
  await catalogue.expect(0, ["build", "base"]);
});
test.after(() => workspace.remove());

async function build(name: string, exitCode: 0 | 1) {
  const { results } = await catalogue.json<Built>(["build", name], exitCode);
  const found = results.find((result) => result.image === name);
  assert.ok(found, JSON.stringify(results));
  return found;
}

const tagsOf = (name: string) =>
  [...layoutTags(catalogue.path(".slipway/registry")).keys()].filter((tag) => tag.startsWith(`${name}:`));

for (const [name, [code, words]] of Object.entries(ATTACKS)) {
  test(`${name}: ${code}, at setup, and nothing is published`, async () => {
    const { error } = await build(name, 1);
    assert.is(error?.code, "NOT_APPROVED", JSON.stringify(error));
    const line = error?.tail?.find((text) => text.startsWith(`images/${name}/image.yaml:4:1: ${code}: `));
    assert.match(line ?? JSON.stringify(error), words);
    assert.equal(tagsOf(name), []);
  });
}

function attribution(name: string): Attribution {
  const directory = catalogue.path(".slipway/cache/attribution");
  const all = readdirSync(directory).map((file) => JSON.parse(readFileSync(join(directory, file), "utf8")).value);
  return all.find((each: Attribution) => each.image === name);
}

const origins = (name: string) => attribution(name).files.map(({ path, origin, kind }) => [path, kind, origin.type]);

test("data, links, users, and copies of declared artifacts may be made, and each file has its origin", async () => {
  await build("fine", 0);
  assert.equal(origins("fine"), [
    ["/etc/passwd", "file", "setup"],
    ["/srv/data/file", "file", "setup"],
    ["/srv/data/link", "link", "setup"],
    ["/srv/data/run", "file", "artifact"],
    ["/srv/run.sh", "file", "artifact"],
  ]);
});

test("a program that the setup of a stage makes and that is copied out; an administrator may allow it", async () => {
  const { error } = await build("staged", 1);
  const [line = ""] = error?.tail ?? [];
  assert.match(
    line,
    /^images\/staged\/image\.yaml:7:5: setup-made: `setup` of staged in the stage compile makes something executable: \/usr\/bin\/tool$/,
  );
  assert.equal(origins("staged"), [
    ["/srv/busybox", "file", "base"],
    ["/srv/data", "file", "setup"],
    ["/usr/bin/tool", "file", "setup"],
  ]);
  await catalogue.write(
    "policies/images.yaml",
    `kind: ImagePolicy
setup:
  allow:
    - { images: [staged], paths: [/usr/bin/*], kinds: [executable], reason: compiled here }
`,
  );
  await build("staged", 0);
});

test.run();
