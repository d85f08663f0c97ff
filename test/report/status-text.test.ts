import { statusText } from "../../src/report/status-text.js";
import { imageName } from "../support/definitions.js";
import { assert, suite } from "../support/suite.js";

const test = suite("report/status-text");

test("one line per image, in columns", () => {
  const images = [
    { image: imageName("base"), version: "1.0", status: "READY", reason: "" },
    { image: imageName("python3-web"), version: "1.2", status: "STALE", reason: "PARENT base: DEFINITION env" },
  ] as const;
  assert.is(statusText(images), "  READY  base 1.0\n  STALE  python3-web 1.2  PARENT base: DEFINITION env\n");
});

test("no image of a status", () => {
  assert.is(statusText([], { only: ["ERROR"] }), "No image is ERROR.\n");
  assert.is(
    statusText([], { only: ["STALE", "MISSING"], names: ["app"] }),
    "None of the named images is STALE or MISSING.\n",
  );
});

test.run();
