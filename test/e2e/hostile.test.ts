import { furtherFileRows, furtherRows } from "../support/hostile/further-rows.js";
import { hostileSuite } from "../support/hostile/hostile-suite.js";
import { hostRows, networkRows, sharedRows } from "../support/hostile/machine-rows.js";
import { packageRows } from "../support/hostile/package-rows.js";
import { assert, suite } from "../support/suite.js";

/** One of each kind of attack. test/exhaustive/hostile-*.test.ts have all of them. */
const CHOSEN = new Set(
  [
    "dpkg-download dpkg-install dpkg-status-restored dpkg-edited-with-sum static-binary python-module setuid",
    "node-package-without-json stage-binary further-stage-link further-whiteout further-same-bytes",
    "further-names media-bin media-link left-behind host-root host-descriptors host-mount host-processes",
    "network-loopback network-abstract",
  ].flatMap((line) => line.split(" ")),
);

const all: Parameters<typeof hostileSuite>[1] = (host) => [
  ...[...packageRows(host), ...furtherRows(host), ...furtherFileRows()],
  ...[...sharedRows(host), ...hostRows(host), ...networkRows(host)],
];
const found = new Set<string>();
const test = hostileSuite("one of each kind", (host) =>
  all(host).filter(({ name }) => {
    if (CHOSEN.has(name)) found.add(name);
    return CHOSEN.has(name);
  }),
);
test.run();

const choice = suite("the choice of hostile images");
choice("has every one that it names", () =>
  assert.equal(
    [...CHOSEN].filter((name) => !found.has(name)),
    [],
  ),
);
choice.run();
