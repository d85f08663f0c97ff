import { chmod, copyFile, cp, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type SimpleGit, simpleGit } from "simple-git";
import { type Finished, type ProcessOptions, type Running, startSlipway } from "./slipway-process.js";
import { assert } from "./suite.js";
import type { Workspace } from "./workspace.js";

/**
 * Six images on four levels, each of which builds in about a second without a network:
 *
 *     base ─┬─ tools ── app ─┬─ blue
 *           └─ side          └─ green
 */
export const IMAGES = ["base", "side", "tools", "app", "blue", "green"];

/** The names of busybox in the base image. */
const APPLETS = "sh cat chmod echo env false grep id ls mkdir rm sleep test touch true".split(" ");

const FILES: Readonly<Record<string, string>> = {
  "slipway.yaml": "kind: Settings\nregistry: oci:.slipway/registry\n",
  "catalog/system/debian.yaml": `kind: SystemPackages
os: debian
packages:
  - { name: curl, versions: ["7.88.*"], license: curl }
  - { name: git, license: GPL-2.0-only }
  - { name: jq, versions: ["1.6-2.1"], license: MIT }
`,
  "images/base/image.yaml": `kind: BaseImage
name: base
version: "1.0"
os: debian
from: scratch
artifacts:
  - path: rootfs
    dest: /
tests:
  - name: runs as root
    command: [id, -u]
    stdout: { equals: "0" }
`,
  "images/base/rootfs/etc/passwd": "root:x:0:0:root:/root:/bin/sh\n",
  // Mount points of a container: Buildah would create them with the first RUN, and they would stay in the image.
  "images/base/rootfs/dev/.keep": "",
  "images/base/rootfs/etc/hostname": "",
  "images/base/rootfs/etc/hosts": "",
  "images/base/rootfs/etc/resolv.conf": "",
  "images/base/rootfs/media/.keep": "",
  "images/base/rootfs/proc/.keep": "",
  "images/base/rootfs/run/.keep": "",
  "images/base/rootfs/sys/.keep": "",
  "images/base/rootfs/tmp/.keep": "",
  "images/side/image.yaml": `name: side
version: "1.0"
parent: base
labels:
  org.example.purpose: beside the others
`,
  "images/tools/image.yaml": `name: tools
version: "1.0"
parent: base
env:
  TOOLS: /etc/tools
setup:
  - echo tools > /etc/tools
tests:
  - file: /etc/tools
    contains: tools
`,
  "images/app/image.yaml": `name: app
version: "2.0"
parent: tools
artifacts:
  - path: app.conf
    dest: /etc
setup:
  - mkdir -p /srv && cat /etc/app.conf "$TOOLS" > /srv/app
run:
  cmd: [cat, /srv/app]
`,
  "images/app/app.conf": "colour = none\n",
  "images/blue/image.yaml": `name: blue
version: "2.1"
parent: app
env:
  COLOUR: blue
setup:
  - echo blue > /srv/colour
`,
  "images/green/image.yaml": `name: green
version: "2.1"
parent: app
env:
  COLOUR: green
setup:
  - echo green > /srv/colour
tests:
  - name: it is green
    command: cat /srv/colour
    stdout: { equals: green }
`,
};

export type RunOptions = Partial<ProcessOptions>;

/** A small catalogue in its own Git repository, with Slipway called as by a user. */
export class TestCatalogue {
  private constructor(
    readonly workspace: Workspace,
    readonly directory: string,
  ) {}

  get git(): SimpleGit {
    return simpleGit(this.directory);
  }

  /** Creates the six images above with `files` on top of them (null deletes one), and commits. */
  static async create(
    workspace: Workspace,
    name = "catalogue",
    files: Readonly<Record<string, string | null>> = {},
  ): Promise<TestCatalogue> {
    const catalogue = new TestCatalogue(workspace, workspace.path(name));
    await mkdir(catalogue.directory, { recursive: true });
    await catalogue.#initialise();
    await catalogue.#writeRootfs();
    for (const [path, text] of Object.entries({ ...FILES, ...files })) {
      if (text !== null) await catalogue.write(path, text);
    }
    await catalogue.commit("A small catalogue");
    return catalogue;
  }

  /** Creates and commits only these files, without the six images. */
  static async empty(workspace: Workspace, name: string, files: Readonly<Record<string, string>>) {
    const catalogue = new TestCatalogue(workspace, workspace.path(name));
    await mkdir(catalogue.directory, { recursive: true });
    await catalogue.#initialise();
    for (const [path, text] of Object.entries(files)) await catalogue.write(path, text);
    await catalogue.commit("A catalogue");
    return catalogue;
  }

  /** A `git clone` of this catalogue. */
  clone(name: string): Promise<TestCatalogue> {
    return this.cloneFrom(this.directory, name);
  }

  /** A `git clone` of another repository. */
  async cloneFrom(url: string, name: string): Promise<TestCatalogue> {
    const directory = this.workspace.path(name);
    await this.git.clone(url, directory);
    const clone = new TestCatalogue(this.workspace, directory);
    await clone.#identify();
    return clone;
  }

  /** The working tree without Git, as in an archive. */
  async copy(name: string): Promise<TestCatalogue> {
    const directory = this.workspace.path(name);
    const filter = (path: string) => !/\/\.(?:git|slipway)$/.test(path);
    await cp(this.directory, directory, { recursive: true, verbatimSymlinks: true, filter });
    return new TestCatalogue(this.workspace, directory);
  }

  path(...parts: readonly string[]): string {
    return join(this.directory, ...parts);
  }

  read(path: string): Promise<string> {
    return readFile(this.path(path), "utf8");
  }

  async write(path: string, text: string | Uint8Array): Promise<void> {
    await mkdir(dirname(this.path(path)), { recursive: true });
    await writeFile(this.path(path), text);
  }

  async delete(path: string): Promise<void> {
    await rm(this.path(path), { recursive: true });
  }

  /** Replaces one piece of text, which must exist. */
  async edit(path: string, from: string, to: string): Promise<void> {
    const text = await this.read(path);
    assert.ok(text.includes(from), `${path} does not hold ${JSON.stringify(from)}`);
    await this.write(
      path,
      text.replace(from, () => to),
    );
  }

  async commit(message: string): Promise<string> {
    await this.git.add("--all");
    await this.git.commit(message);
    return (await this.git.revparse("HEAD")).trim();
  }

  start(args: readonly string[], options: RunOptions = {}): Running {
    const env = options.env ?? this.workspace.env;
    this.workspace.track(this.directory, env);
    return startSlipway(args, { cwd: this.directory, ...options, env });
  }

  run(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    return this.start(args, options).ended;
  }

  /** Runs Slipway, and fails with all its output unless it ends with this exit code. */
  async expect(code: number, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    const finished = await this.run(args, options);
    const said = `slipway ${args.join(" ")}: exit code ${finished.code} ${finished.signal ?? ""}, expected ${code}\n`;
    assert.is(finished.code, code, `${said}${finished.stdout}\n${finished.stderr}`);
    return finished;
  }

  /** The single JSON document on standard output, with nothing before it and only a line end after it. */
  async json<T>(args: readonly string[], code = 0, options: RunOptions = {}): Promise<T> {
    const { stdout } = await this.expect(code, [...args, "--json"], options);
    assert.match(stdout, /^[[{][\s\S]*[\]}]\n$/);
    return JSON.parse(stdout) as T;
  }

  async #initialise(): Promise<void> {
    await this.git.init(["--quiet", "--initial-branch=main"]);
    await this.#identify();
  }

  async #identify(): Promise<void> {
    await this.git.addConfig("user.name", "Test");
    await this.git.addConfig("user.email", "test@example.org");
    await this.git.addConfig("commit.gpgsign", "false");
  }

  async #writeRootfs(): Promise<void> {
    const bin = this.path("images/base/rootfs/bin");
    await mkdir(bin, { recursive: true });
    await copyFile("/bin/busybox", join(bin, "busybox"));
    await chmod(join(bin, "busybox"), 0o755);
    for (const applet of APPLETS) await symlink("busybox", join(bin, applet));
  }
}
