import { nearest } from "../../src/model/nearest.js";
import { assert, suite } from "../support/suite.js";

const test = suite("model/nearest");

test("slips of the keyboard are found", () => {
  const keys = ["name", "version", "parent", "from", "description"];
  assert.is(nearest("paernt", keys), "parent");
  assert.is(nearest("Parent", keys), "parent");
  assert.is(nearest("verison", keys), "version");
  assert.is(nearest("versoin", keys), "version");
  assert.is(nearest("desciption", keys), "description");
  assert.is(nearest("frm", keys), "from");
});

test("other words are not", () => {
  assert.is(nearest("zzz", ["name"]), undefined);
  assert.is(nearest("a", ["bcd"]), undefined);
  assert.is(nearest("", ["name"]), undefined);
  assert.is(nearest("name", []), undefined);
  assert.is(nearest("x".repeat(10_000), ["x".repeat(10_001)]), undefined);
});

test("the nearest wins, among equals the first", () => {
  assert.is(nearest("python3-bas", ["python3-base2", "python3-base", "python3-bass"]), "python3-base");
  assert.is(nearest("bat", ["cat", "hat"]), "cat");
});

/** A text that counts how often one of its letters is looked at. */
const counted = (text: string, look: () => void): string =>
  ({
    length: text.length,
    toLowerCase: () => counted(text, look),
    charCodeAt: (at: number) => {
      look();
      return text.charCodeAt(at);
    },
    toString: () => text,
  }) as unknown as string;

test("ten thousand candidates take no time", () => {
  let looks = 0;
  const look = () => {
    looks += 1;
  };
  const names = Array.from({ length: 5_000 }, (_, index) => [
    `some-image-name-${index}`,
    `${index}-other-image`,
  ]).flat();
  const candidates = names.map((name) => counted(name, look));
  assert.is(String(nearest("some-imgae-name-777", candidates)), "some-image-name-777");
  // 80 a candidate. Without its length being looked at first it were 220, if no comparison gave up early 300.
  assert.ok(looks < 1_200_000, `${looks} looks`);
});

test.run();
