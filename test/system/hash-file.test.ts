import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashFile } from "../../src/system/hash-file.js";
import { assert, suite } from "../support/suite.js";

const test = suite("system/hash-file");

test("files of no, some and many bytes; one that is missing fails", async () => {
  const directory = await mkdtemp(join(tmpdir(), "slipway-hash-"));
  const path = join(directory, "file");
  for (const size of [0, 5, 3_000_001]) {
    const bytes = Buffer.alloc(size, "slipway");
    await writeFile(path, bytes);
    assert.equal(await hashFile(path), { sha256: createHash("sha256").update(bytes).digest("hex"), size });
  }
  await rm(directory, { recursive: true });
  assert.is(await hashFile(path).catch((error: NodeJS.ErrnoException) => error.code), "ENOENT");
});

test.run();
