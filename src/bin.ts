#!/usr/bin/env node
import { readFileSync } from "node:fs";

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
const [, , first, ...rest] = process.argv;
// Whoever looks whether Slipway is there asks for this alone, and nothing else has to be loaded.
if (rest.length === 0 && (first === "--version" || first === "-V")) process.stdout.write(`${version}\n`);
else await (await import("./cli.js")).main(version);
