import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openGit } from "../../src/github/git-access.js";
import { startFakeServer } from "../registry/fake-server.js";
import { assert, suite } from "../support/suite.js";

const test = suite("github/git-access");

test("a fetch from a server that never answers ends", async () => {
  const directory = mkdtempSync(join(tmpdir(), "slipway-git-access-"));
  const server = await startFakeServer(() => "hang");
  const serverUrl = `http://${server.host}`;
  const access = { serverUrl, token: "t", env: process.env, signal: new AbortController().signal };
  try {
    const git = openGit(directory, access);
    await git.init();
    assert.is((await git.raw("config", "--get", "http.lowSpeedTime")).trim(), "60");
    // A minute is too long for a test; the speed is the one that is set.
    const hasty = openGit(directory, access, { env: { GIT_HTTP_LOW_SPEED_TIME: "1" } });
    const error = await hasty.raw("fetch", `${serverUrl}/a.git`).catch((thrown: unknown) => thrown);
    assert.match(String(error), /too slow/i);
  } finally {
    await server.stop();
    rmSync(directory, { recursive: true });
  }
});

test.run();
