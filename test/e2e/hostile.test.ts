import { furtherFileRows, furtherRows } from "../support/hostile/further-rows.js";
import { hostileSuite } from "../support/hostile/hostile-suite.js";
import { hostRows, networkRows, sharedRows } from "../support/hostile/machine-rows.js";
import { packageRows } from "../support/hostile/package-rows.js";
import { assert } from "../support/suite.js";

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

hostileSuite("one of each kind", (host) => {
  const rows = all(host).filter(({ name }) => CHOSEN.has(name));
  assert.is(rows.length, CHOSEN.size, "a chosen row is not there");
  return rows;
}).run();
