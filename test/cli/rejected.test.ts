import { mkdir, symlink, writeFile } from "node:fs/promises";
import { TestCatalogue } from "../support/catalogue.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

interface Diagnostic {
  readonly code: string;
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly hint: string | null;
}

const test = suite("rejected catalogues");
let workspace: Workspace;
let sound: TestCatalogue;
let count = 0;

test.before(async () => {
  workspace = await Workspace.create();
  sound = await TestCatalogue.create(workspace, "sound");
});
test.after(() => workspace.remove());

/** The diagnostics after a change, which every command must report alike. */
async function problems(change: (catalogue: TestCatalogue) => Promise<unknown>): Promise<Diagnostic[]> {
  count += 1;
  const catalogue = await sound.clone(`broken-${count}`);
  await change(catalogue);
  const { diagnostics } = await catalogue.json<{ diagnostics: Diagnostic[] }>(["validate"], 3);
  const text = await catalogue.expect(3, ["validate"]);
  for (const command of ["plan", "build"]) {
    const { stdout, stderr } = await catalogue.expect(3, [command]);
    assert.is(stdout, "");
    assert.not.match(stderr, /^ {4}at |this is a bug/m);
    for (const { file, line, column, code } of diagnostics) {
      const head = `${file}:${line}:${column}: error ${code}: `;
      assert.ok(stderr.includes(head) && text.stdout.includes(head), `${head}\n${stderr}`);
    }
  }
  return diagnostics;
}

const places = (diagnostics: readonly Diagnostic[]) =>
  diagnostics.map(({ file, line, column, code }) => `${file}:${line}:${column} ${code}`);

const CASES: readonly {
  readonly what: string;
  readonly change: (catalogue: TestCatalogue) => Promise<unknown>;
  readonly places: readonly string[];
  readonly says?: RegExp;
  readonly hint?: RegExp;
}[] = [
  {
    what: "a mistyped key",
    change: (catalogue) => catalogue.edit("images/app/image.yaml", "setup:", "steup:"),
    places: ["images/app/image.yaml:7:1 unknown-key"],
    hint: /did you mean `setup`\?/,
  },
  {
    what: "an unknown parent",
    change: (catalogue) => catalogue.edit("images/app/image.yaml", "parent: tools", "parent: tolls"),
    places: ["images/app/image.yaml:3:9 unknown-parent"],
    says: /no image is named "tolls"/,
    hint: /did you mean `tools`\?/,
  },
  {
    what: "a cycle",
    change: (catalogue) => catalogue.edit("images/tools/image.yaml", "parent: base", "parent: green"),
    places: ["images/app/image.yaml:3:9 cycle"],
    says: /app → tools → green → app/,
  },
  {
    what: "a duplicate name",
    change: (catalogue) => catalogue.edit("images/green/image.yaml", "name: green", "name: blue"),
    places: ["images/green/image.yaml:1:7 duplicate-image"],
    says: /blue/,
  },
  {
    what: "an unapproved package",
    change: (catalogue) =>
      catalogue.edit("images/app/image.yaml", "parent: tools", "parent: tools\nsystem-packages:\n  - jq\n  - crul"),
    places: ["images/app/image.yaml:6:5 package-not-approved"],
    hint: /curl/,
  },
  {
    what: "an unapproved version",
    change: (catalogue) =>
      catalogue.edit(
        "images/app/image.yaml",
        "parent: tools",
        "parent: tools\nsystem-packages:\n  - { name: curl, version: 8.0.1-1 }",
      ),
    places: ["images/app/image.yaml:5:28 version-not-approved"],
    says: /8\.0\.1-1/,
  },
  {
    what: "a default tag that Slipway uses itself, which many images would have",
    change: (catalogue) =>
      catalogue.write("slipway.yaml", `kind: Settings\ndefaults:\n  tags: [edge, "sha256-${"0".repeat(64)}"]\n`),
    places: ["slipway.yaml:3:16 reserved-version"],
    hint: /use another tag/,
  },
  {
    what: "an alias bomb",
    change: (catalogue) => {
      const levels = Array.from({ length: 40 }, (_, index) => `a${index + 1}: &a${index + 1} [*a${index}, *a${index}]`);
      return catalogue.write("images/bomb/image.yaml", `a0: &a0 [x, x]\n${levels.join("\n")}\n`);
    },
    // Each alias is reported, and none is expanded.
    places: Array.from({ length: 40 }, (_, index) => index).flatMap((index) => {
      const column = 8 + 2 * String(index + 1).length;
      const next = column + 4 + String(index).length;
      return [column, next].map((at) => `images/bomb/image.yaml:${index + 2}:${at} yaml-alias`);
    }),
  },
  {
    what: "a file of 50 MB",
    change: (catalogue) => catalogue.write("images/big/image.yaml", Buffer.alloc(50e6, "# big\n")),
    places: ["images/big/image.yaml:1:1 file-too-large"],
  },
  {
    what: "a binary file",
    change: async (catalogue) => {
      await mkdir(catalogue.path("images/binary"));
      await writeFile(
        catalogue.path("images/binary/image.yaml"),
        Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 0xff, 0xfe]),
      );
    },
    places: ["images/binary/image.yaml:1:5 not-text"],
  },
  {
    what: "a missing artifact",
    change: (catalogue) => catalogue.delete("images/app/app.conf"),
    places: ["images/app/image.yaml:5:11 artifact-missing"],
    says: /app\.conf/,
  },
  {
    what: "an artifact outside the repository",
    change: (catalogue) => catalogue.edit("images/app/image.yaml", "path: app.conf", "path: ../../../../etc/shadow"),
    places: ["images/app/image.yaml:5:11 artifact-outside"],
  },
  {
    what: "a symbolic link out of the repository",
    change: async (catalogue) => {
      await catalogue.delete("images/app/app.conf");
      await symlink("/etc/shadow", catalogue.path("images/app/app.conf"));
    },
    places: ["images/app/image.yaml:5:11 artifact-outside"],
  },
  {
    what: "a definition that is a symbolic link",
    change: async (catalogue) => {
      await mkdir(catalogue.path("images/linked"));
      await symlink("/etc/passwd", catalogue.path("images/linked/image.yaml"));
    },
    places: ["images/linked/image.yaml:1:1 not-a-file"],
  },
  {
    what: "a base that is not on an administrator's list",
    change: (catalogue) =>
      catalogue.edit("images/base/image.yaml", "from: scratch", "from: registry.example/debian:12"),
    places: ["images/base/image.yaml:5:7 unknown-base"],
  },
];

for (const { what, change, places: expected, says, hint } of CASES) {
  test(`${what}: exit code 3, at its place`, async () => {
    const found = await problems(change);
    assert.equal(places(found), expected);
    if (says) assert.match(found[0]?.message ?? "", says);
    if (hint) assert.match(found[0]?.hint ?? "", hint);
  });
}

test("every problem of a catalogue is reported at once, in order of place", async () => {
  const found = await problems(async (catalogue) => {
    await catalogue.edit("images/app/image.yaml", "setup:", "steup:");
    await catalogue.edit("images/side/image.yaml", "parent: base", "parent: bose");
    await catalogue.edit("catalog/system/debian.yaml", "os: debian", "os: Debian");
  });
  assert.equal(
    found.map(({ file }) => file),
    ["catalog/system/debian.yaml", "images/app/image.yaml", "images/side/image.yaml"],
  );
});

test("control characters of a hostile text do not reach the terminal", async () => {
  const found = await problems((catalogue) =>
    catalogue.edit("images/app/image.yaml", "parent: tools", 'parent: "\\e[2Jto\\u202eols"'),
  );
  assert.is(found[0]?.file, "images/app/image.yaml");
  const { stdout } = await (await sound.clone("hostile")).run(["validate"]);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
  assert.not.match(stdout, /\u001b/);
});

test.run();
