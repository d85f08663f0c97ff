#!/usr/bin/env node
import { readFileSync } from "node:fs";

const [, , first, ...rest] = process.argv;
// Whoever looks whether Slipway is there asks for this alone, and nothing else has to be loaded.
if (rest.length === 0 && (first === "--version" || first === "-V")) {
  const file = new URL("../../package.json", import.meta.url);
  process.stdout.write(`${JSON.parse(readFileSync(file, "utf8")).version}\n`);
} else await import("./cli.js");
