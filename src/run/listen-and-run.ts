import { type SendHandle, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { constants } from "node:os";

/*
 * Program: the first process of the network namespace of a build that may fetch packages (buildah.ts). It listens at the addresses of
 * its first argument and hands the sockets to Slipway, which stays outside: a socket belongs to the namespace that it was made in,
 * and whoever holds it accepts its connections. So there is no other way between the two, and no file that stands for one. Then it
 * runs its other arguments.
 */

async function main(addresses: readonly string[], [program = "", ...args]: readonly string[]): Promise<number> {
  for (const address of addresses) await handOver(address);
  const child = spawn("setpriv", ["--pdeathsig", "TERM", "--", program, ...args], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
  const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}

async function handOver(address: string): Promise<void> {
  const [, host = "", port] = /^\[?(.*?)\]?:([0-9]+)$/.exec(address) ?? [];
  const socket = createServer().listen(Number(port), host);
  await once(socket, "listening");
  await new Promise<void>((resolve, reject) => {
    process.send?.(address, socket as SendHandle, {}, (error) => (error === null ? resolve() : reject(error)));
  });
  // It is Slipway's now, which accepts the connections.
  socket.close();
}

const [addresses = "", ...command] = process.argv.slice(2);
process.exitCode = await main(addresses.split(","), command);
process.disconnect?.();
