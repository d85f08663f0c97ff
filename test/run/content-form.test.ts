import { gzipSync } from "node:zlib";
import { contentForm } from "../../src/run/content-form.js";
import { assert, suite } from "../support/suite.js";
import { storedZip } from "../support/wheel.js";

const test = suite("run/content-form");

const formOf = (bytes: Buffer) => contentForm(bytes.subarray(0, 4096), bytes);

test("what runs is known by its bytes, whatever its name", () => {
  const zip = storedZip({ "A.class": "x" });
  const tar = Buffer.concat([Buffer.alloc(257), Buffer.from("ustar"), Buffer.alloc(250)]);
  const cases: readonly (readonly [string | undefined, Buffer])[] = [
    ["elf", Buffer.from("\x7fELF\x02", "latin1")],
    ["script", Buffer.from("#!/bin/sh\n")],
    ["archive", zip],
    ["archive", Buffer.concat([Buffer.from("#!/usr/bin/python3\n"), zip])],
    ["archive", Buffer.concat([Buffer.from("a picture"), zip])],
    ["archive", tar],
    ["archive", gzipSync(tar)],
    ["archive", gzipSync(Buffer.from("\x7fELF\x02", "latin1"))],
    ["library", Buffer.from("!<arch>\n")],
    ["bytecode", Buffer.from("\xa7\r\r\n\0\0\0\0\0\0\0\0\0\0\0\0", "latin1")],
    ["bytecode", Buffer.from("\xca\xfe\xba\xbe", "latin1")],
    ["program", Buffer.from("MZ")],
    [undefined, Buffer.from("text\n")],
    [undefined, Buffer.alloc(0)],
    [undefined, gzipSync("<html>".repeat(1000))],
  ];
  for (const [expected, bytes] of cases) assert.is(formOf(bytes), expected, bytes.subarray(0, 16).toString("latin1"));
});

test.run();
