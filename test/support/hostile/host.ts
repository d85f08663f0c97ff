import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { type StaticServer, startStaticServer } from "../static-server.js";
import type { HostFacts } from "./row.js";

/** Words that stand in the command lines of processes that a hostile image leaves behind. */
const LEFT_BEHIND = "987654";

interface Targets {
  readonly server: StaticServer;
  readonly service: StaticServer;
  readonly child: ChildProcess;
  readonly socket: Server;
}

/** What hostile images aim at on this machine, made for them, and whether they reached it. */
export class Host {
  #connections = 0;

  private constructor(
    readonly facts: HostFacts,
    readonly targets: Targets,
    /** Listing of the directory. */
    readonly before: string,
  ) {}

  /** `files`: what the server has, by path. */
  static async create(directory: string, files: ReadonlyMap<string, Buffer | string>): Promise<Host> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const secret = randomBytes(12).toString("hex");
    await writeFile(join(directory, "secret"), secret, { mode: 0o600 });
    await writeFile(join(directory, "victim"), "untouched\n", { mode: 0o644 });
    const server = await startStaticServer(files);
    const service = await startStaticServer(new Map());
    const child = spawn("sleep", ["3600"], { stdio: "ignore" });
    const name = `slipway-hostile-${secret}`;
    const socket = createServer();
    await new Promise<void>((resolve) => socket.listen(`\0${name}`, resolve));
    const { dev } = statSync("/");
    const device = [(dev >> 8) & 0xfff, dev & 0xff] as const;
    const urls = { url: server.url, service: service.url };
    const facts = { directory, secret, ...urls, socket: name, pid: child.pid ?? 0, device };
    const host = new Host(facts, { server, service, child, socket }, await listing(directory));
    socket.on("connection", (connection) => {
      host.#connections++;
      connection.destroy();
    });
    return host;
  }

  /** What was reached, in words; none: nothing. */
  async harm(): Promise<string[]> {
    const { facts } = this;
    const { server, service, child } = this.targets;
    const asked = [...server.asked.filter((path) => !/^\/archive\//.test(path)), ...service.asked];
    const after = await listing(facts.directory);
    return [
      ...(after === this.before ? [] : [`files of the machine changed: ${after}`]),
      ...(child.exitCode === null && child.signalCode === null ? [] : ["a process of the machine was ended"]),
      ...asked.map((path) => `the loopback interface was asked for ${path}`),
      ...(this.#connections === 0 ? [] : ["an abstract socket was reached"]),
      ...(readFileSync("/proc/keys", "utf8").includes("host-keys-was-here") ? ["a key was left with the kernel"] : []),
      // The key of a segment, in decimal.
      ...(/^ *20907 /m.test(readFileSync("/proc/sysvipc/shm", "utf8")) ? ["shared memory was left"] : []),
      ...["/dev/shm/host-memory-directory", "/media-dotdot-was-here"]
        .filter(existsSync)
        .map((path) => `${path} is there`),
      ...leftBehind().map((pid) => `process ${pid} was left behind`),
    ];
  }

  async stop(): Promise<void> {
    for (const pid of leftBehind()) process.kill(pid, "SIGKILL");
    const { server, service, child, socket } = this.targets;
    child.kill();
    await new Promise((resolve) => socket.close(resolve));
    await Promise.all([server.stop(), service.stop()]);
  }
}

/** Names, modes and contents of the files in a directory. */
async function listing(directory: string): Promise<string> {
  const names = (await readdir(directory)).sort();
  const entries = names.map(async (name) => {
    const path = join(directory, name);
    return `${name} ${statSync(path).mode.toString(8)} ${statSync(path).isFile() ? await readFile(path, "utf8") : ""}`;
  });
  return (await Promise.all(entries)).join("; ");
}

function leftBehind(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^[0-9]+$/.test(name))
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/cmdline`, "utf8").split("\0").includes(LEFT_BEHIND);
      } catch {
        return false;
      }
    })
    .map(Number);
}
