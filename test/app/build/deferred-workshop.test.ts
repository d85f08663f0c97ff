import { openOnce } from "../../../src/app/build/deferred-workshop.js";
import type { Workshop } from "../../../src/app/build/workshop.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("deferred workshop");

function workshopLog(problem?: string) {
  const log: string[] = [];
  const workshop = openOnce(async () => {
    log.push("open");
    if (problem !== undefined) throw new Error(problem);
    return { close: async () => void log.push("close") } as unknown as Workshop;
  });
  return { log, workshop };
}

test("is opened once, however often it is asked for, and closed", async () => {
  const { log, workshop } = workshopLog();
  const [first, second] = await Promise.all([workshop.open(), workshop.open()]);
  assert.is(first, second);
  await workshop.close();
  assert.equal(log, ["open", "close"]);
});

test("is not opened to be closed", async () => {
  const { log, workshop } = workshopLog();
  await workshop.close();
  assert.equal(log, []);
});

test("a workshop that cannot be opened fails every call of open, is not tried again, and closes in silence", async () => {
  const { log, workshop } = workshopLog("no Buildah");
  for (let count = 0; count < 2; count++) assert.match(await workshop.open().then(() => "open", String), "no Buildah");
  await workshop.close();
  assert.equal(log, ["open"]);
});

test.run();
