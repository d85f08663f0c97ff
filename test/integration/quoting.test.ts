import { execFile } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { catalogue, type ImageFields, image } from "../support/definitions.js";
import { renderNode } from "../support/desired.js";
import { loneNode } from "../support/expected-instructions.js";
import { assert, suite } from "../support/suite.js";

/* Tests the rendered quoting with the real Buildah: every value must arrive byte for byte. */
const test = suite("integration/quoting");
const execute = promisify(execFile);
const directory = mkdtempSync(join(tmpdir(), "slipway-quoting-"));
const context = join(directory, "context");

async function buildah(...args: readonly string[]): Promise<string> {
  const global = ["--root", join(directory, "root"), "--runroot", join(directory, "runroot")];
  const { stdout } = await execute("buildah", [...global, ...args], { maxBuffer: 10_000_000 });
  return stdout.trim();
}

test.before(() => {
  const rootfs = join(directory, "rootfs");
  for (const path of ["bin", "tmp", "root", "srv"]) mkdirSync(join(rootfs, path), { recursive: true });
  copyFileSync("/bin/busybox", join(rootfs, "bin/busybox"));
  symlinkSync("busybox", join(rootfs, "bin/sh"));
  chmodSync(join(rootfs, "tmp"), 0o1777);
  chmodSync(join(rootfs, "root"), 0o700);
  mkdirSync(join(context, "artifacts/0"), { recursive: true });
  writeFileSync(join(context, "artifacts/0/f"), "content\n");
  return execute("tar", ["-C", rootfs, "-cf", join(context, "rootfs.tar"), "."]).then(() => {});
});

test.after(async () => {
  await buildah("rm", "--all");
  await buildah("rmi", "--all", "--force");
  rmSync(directory, { recursive: true, force: true });
});

/** Renders a definition as Slipway does, builds it, and returns the image's name. */
async function build(fields: ImageFields): Promise<string> {
  const definition = image("quoting", fields);
  const rendered = renderNode(loneNode(definition), catalogue([definition]));
  if (!rendered.ok) throw new Error(rendered.diagnostics.map(({ message }) => message).join("\n"));
  const file = join(directory, "Containerfile");
  writeFileSync(file, rendered.recipe.containerfile.text);
  await buildah(
    "build",
    "--quiet",
    "--layers=false",
    "--isolation",
    "chroot",
    "--tag",
    "quoting",
    "--file",
    file,
    context,
  );
  return "quoting";
}

interface Config {
  readonly Env: readonly string[];
  readonly Labels: Readonly<Record<string, string>>;
  readonly Volumes?: Readonly<Record<string, unknown>>;
  readonly ExposedPorts?: Readonly<Record<string, unknown>>;
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly WorkingDir?: string;
  readonly User?: string;
  readonly StopSignal?: string;
}

async function inspect(name: string): Promise<Config> {
  const { OCIv1 } = JSON.parse(await buildah("inspect", "--type", "image", name)) as { OCIv1: { config: Config } };
  return OCIv1.config;
}

const ODD = [
  "",
  "0",
  " ",
  "  two  spaces  ",
  "$HOME",
  "${HOME:-x}",
  "\\$HOME",
  "\\\\$HOME",
  "$$",
  "$(id) `id`",
  '"',
  '""',
  '\\"',
  "'",
  "''",
  `a "b" 'c'`,
  "\\",
  "\\\\",
  "a\\",
  "C:\\dir\\new",
  "\\n\\t",
  "# no comment",
  "a # b",
  "a=b",
  "a b=c d=e",
  "é 😀 日本",
  "<<EOF",
  "; && || | & > <",
  "*?[a-z]{1,2}~",
  "{{x}} %s %%",
  "#escape=`",
  "--option",
  '["a"]',
  "\u00a0no break\u00a0",
  "x".repeat(60_000),
];
const VALUES = Object.fromEntries(ODD.map((value, index) => [`V${index}`, value]));

test("values of variables and labels arrive byte for byte", async () => {
  const { Env, Labels } = await inspect(await build({ from: "scratch", env: VALUES, labels: VALUES }));
  const env = Object.fromEntries(
    Env.map((text) => [text.slice(0, text.indexOf("=")), text.slice(text.indexOf("=") + 1)]),
  );
  delete env.PATH; // Buildah sets one in every image
  assert.equal(env, VALUES);
  for (const [name, value] of Object.entries(VALUES)) assert.is(Labels[name], value, name);
});

test("lists, paths, names and numbers arrive byte for byte", async () => {
  const words = ["/bin/echo", ...ODD.filter(({ length }) => length < 100), "two\nlines\ttab\u2028"];
  const labels = { "org.example/x.y_z-1": "1", a: "2" };
  const config = await inspect(
    await build({
      from: "scratch",
      labels,
      entrypoint: words,
      cmd: `echo "$HOME" 'x' \\\n  && exit`,
      volumes: ["/a b", "/c=d,e:f@g%h+i~j"],
      ports: ["8080/tcp", "53/udp"],
      workdir: "/my data/x=1,y:2@z%w+v~",
      user: "10001:app-1",
      stopsignal: "SIGRTMIN+3",
    }),
  );
  assert.equal(config.Entrypoint, words);
  assert.equal(config.Cmd, ["/bin/sh", "-c", `echo "$HOME" 'x' \\\n  && exit`]);
  assert.equal(Object.keys(config.Volumes ?? {}).sort(), ["/a b", "/c=d,e:f@g%h+i~j"]);
  assert.equal(Object.keys(config.ExposedPorts ?? {}).sort(), ["53/udp", "8080/tcp"]);
  assert.equal(
    [config.WorkingDir, config.User, config.StopSignal],
    ["/my data/x=1,y:2@z%w+v~", "10001:app-1", "SIGRTMIN+3"],
  );
  assert.equal(Object.fromEntries(Object.keys(labels).map((name) => [name, config.Labels[name]])), labels);
});

/** Runs a shell in the image. */
async function run(name: string, script: string): Promise<string> {
  const container = await buildah("from", "--pull-never", name);
  return buildah("run", "--isolation", "chroot", container, "--", "/bin/busybox", "sh", "-c", script);
}

test("commands of setup reach their program unchanged", async () => {
  const odd = ODD.filter(({ length }) => length < 100);
  const lines = odd.map((_, index) => index).join(" ");
  const name = await build({
    setup: [
      ["/bin/busybox", "sh", "-c", 'for x; do printf "%s\\0" "$x"; done > /words', "sh", ...odd],
      `cat=x\nif [ "$cat" = x ]; then\n  /bin/busybox printf '%s' "\${cat}y \\\\ # $((1 + 1))" > /text\nfi # end`,
      `/bin/busybox cat > /heredoc <<'EOF'\n$HOME "q" \\\nEOF`,
      `set -- ${lines}; false | true; echo "$#" > /count`,
    ],
  });
  const read = (path: string) => run(name, `busybox base64 -w0 ${path} 2>/dev/null || /bin/busybox base64 -w0 ${path}`);
  const text = async (path: string) => Buffer.from(await read(path), "base64").toString();
  assert.equal((await text("/words")).split("\0").slice(0, -1), odd);
  assert.is(await text("/text"), "xy \\ # 2");
  assert.is(await text("/heredoc"), '$HOME "q" \\\n');
  assert.is(await text("/count"), `${odd.length}\n`);
});

test("a file copied into a directory does not change the directory's mode and owner", async () => {
  const paths = ["/tmp/", "/root/", "/srv/"];
  for (const owner of [undefined, "10:20"]) {
    const artifacts = paths.map((target) => ({ path: "f", target, ...(owner === undefined ? {} : { owner }) }));
    for (const index of [1, 2]) {
      mkdirSync(join(context, `artifacts/${index}`), { recursive: true });
      copyFileSync(join(context, "artifacts/0/f"), join(context, `artifacts/${index}/f`));
    }
    const name = await build({ artifacts });
    const modes = await run(name, "for d in /tmp /root /srv /tmp/f; do /bin/busybox stat -c '%a %u:%g %n' $d; done");
    const file = owner ?? "0:0";
    assert.equal(modes.split("\n"), ["1777 0:0 /tmp", "700 0:0 /root", "755 0:0 /srv", `644 ${file} /tmp/f`]);
  }
});

test("a directory with an odd but valid name", async () => {
  const target = "/opt/my data/x=1,y:2@z%w+v~/";
  const name = await build({ artifacts: [{ path: "f", target }] });
  assert.is(await run(name, `/bin/busybox cat '${target}f'`), "content");
});

test("Buildah drops everything after a line of more than 65535 bytes, which is why render rejects one", async () => {
  const file = join(directory, "Long");
  for (const [bytes, user] of [
    [65_535, "app"],
    [65_536, undefined],
  ] as const) {
    writeFileSync(file, `FROM scratch\nENV A="${"x".repeat(bytes - 8)}"\nUSER app\n`);
    await buildah("build", "--quiet", "--layers=false", "--tag", "long", "--file", file, context);
    assert.is((await inspect("long")).User, user, String(bytes));
  }
});

test.run();
