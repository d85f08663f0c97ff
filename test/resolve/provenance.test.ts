import fc from "fast-check";
import type { AddedPackage, InventoryPackage } from "../../src/model/inventory.js";
import { addedPackages, type ProvenanceInput } from "../../src/resolve/provenance.js";
import { installed, inventoryOf } from "../support/inventories.js";
import { assert, suite } from "../support/suite.js";

const test = suite("resolve/provenance");

const deb = (text: string, requires: readonly string[] = [], fields: Partial<InventoryPackage> = {}) =>
  installed("deb", text, { requires: requires.map((each) => each.split("|")), ...fields });

type Fields = Partial<Omit<ProvenanceInput, "inventory" | "base" | "asked">> & { readonly asked?: readonly string[] };

function added(base: readonly InventoryPackage[], packages: readonly InventoryPackage[], fields: Fields = {}) {
  const { asked = [], ...rest } = fields;
  return addedPackages({
    inventory: inventoryOf(...packages),
    base: inventoryOf(...base),
    requested: asked.map((name) => ({ type: "deb", name })),
    locked: [],
    makesSystem: false,
    ...rest,
  });
}

const why = (found: readonly AddedPackage[]) =>
  Object.fromEntries(
    found.map(({ name, why: reason }) => [name, reason.type === "needed" ? reason.by.join(" ") : `(${reason.type})`]),
  );

test("asked for, needed by that, and nobody knows why", () => {
  const libc = deb("libc6");
  const packages = [
    libc,
    deb("jq", ["libjq1", "libc6"]),
    deb("libjq1", ["libonig5"]),
    deb("libonig5"),
    deb("nmap", ["libjq1"]),
  ];
  assert.equal(why(added([libc], packages, { asked: ["jq"] })), {
    jq: "(asked)",
    libjq1: "jq nmap",
    libonig5: "libjq1",
    nmap: "(unasked)",
  });
});

test("alternatives and provided names: the first that is there", () => {
  const packages = [
    deb("app", ["exim|mta", "awk"]),
    deb("postfix", [], { provides: ["mta"] }),
    deb("mawk", [], { provides: ["awk"] }),
    deb("mta-docs"),
  ];
  assert.equal(why(added([], packages, { asked: ["app"] })), {
    app: "(asked)",
    postfix: "app",
    mawk: "app",
    "mta-docs": "(unasked)",
  });
  assert.equal(why(added([], [deb("vim-nox", [], { provides: ["vim"] })], { asked: ["vim"] })), {
    "vim-nox": "(asked)",
  });
});

test("a system has what every system has only where it is made", () => {
  const packages = [deb("bash", ["libc6"], { system: true }), deb("libc6"), deb("jq")];
  assert.equal(why(added([], packages, { makesSystem: true })), {
    bash: "(system)",
    libc6: "(system)",
    jq: "(unasked)",
  });
  assert.is(why(added([], packages)).bash, "(unasked)");
});

test("what the lock has in this version is no surprise", () => {
  const locked = [{ type: "deb", name: "jq", version: "1.6" }] as const;
  assert.equal(why(added([], [deb("jq 1.6", ["libjq1"]), deb("libjq1 1.6")], { locked })), {
    jq: "(locked)",
    libjq1: "jq",
  });
  assert.equal(why(added([], [deb("jq 1.7")], { locked })), { jq: "(unasked)" });
});

test("an upgrade is an addition; it may take along what is tied to it, and nothing else", () => {
  const base = [deb("libssl3 1"), deb("openssl 1", ["libssl3"]), deb("curl 1", ["libc6"]), deb("libc6 1")];
  const now = [
    deb("libssl3 2"),
    deb("openssl 2", ["libssl3"]),
    deb("curl 2", ["libc6"]),
    deb("libc6 1"),
    deb("app", ["libssl3"]),
  ];
  assert.equal(why(added(base, now, { asked: ["app"] })), {
    libssl3: "app openssl",
    openssl: "libssl3",
    curl: "(unasked)",
    app: "(asked)",
  });
});

test("through what the base has", () => {
  const base = [deb("python3", ["python3-minimal"])];
  const now = [...base, deb("python3-minimal")];
  assert.equal(why(added(base, now, { asked: ["python3"] })), { "python3-minimal": "python3" });
});

test("what a system package has inside is no addition of its own", () => {
  const six = installed("pypi", "six 1.16.0", { ownedBy: "python3-six" });
  assert.equal(why(added([], [deb("python3-six"), six], { asked: ["python3-six"] })), { "python3-six": "(asked)" });
});

test("Node.js packages are needed where Node.js looks for them", () => {
  const npm = (place: string, requires: readonly string[] = []) =>
    installed("npm", place.replace(/^.*node_modules\//, ""), { place, requires: requires.map((name) => [name]) });
  const packages = [
    npm("/usr/local/lib/node_modules/express", ["debug", "ms"]),
    npm("/usr/local/lib/node_modules/express/node_modules/debug", ["ms"]),
    npm("/usr/local/lib/node_modules/express/node_modules/debug/node_modules/ms"),
    npm("/usr/local/lib/node_modules/ms"),
    npm("/srv/node_modules/debug"),
  ];
  const found = added([], packages, { asked: [] });
  assert.equal(
    found.filter(({ why: { type } }) => type === "unasked").map(({ place }) => place),
    ["/usr/local/lib/node_modules/express", "/srv/node_modules/debug"],
  );
  const asked = addedPackages({
    inventory: inventoryOf(...packages),
    base: undefined,
    requested: [{ type: "npm", name: "express" }],
    locked: [],
    makesSystem: false,
  });
  assert.equal(
    asked.map(({ place, why: { type } }) => `${type} ${place}`),
    [
      "asked /usr/local/lib/node_modules/express",
      "needed /usr/local/lib/node_modules/express/node_modules/debug",
      "needed /usr/local/lib/node_modules/express/node_modules/debug/node_modules/ms",
      "needed /usr/local/lib/node_modules/ms",
      "unasked /srv/node_modules/debug",
    ],
  );
});

test("Python's names are one in all spellings; a language of the catalogue's own asks by name alone", () => {
  const found = (asked: ProvenanceInput["requested"]) =>
    addedPackages({
      inventory: inventoryOf(installed("pypi", "ruamel-yaml 1")),
      base: undefined,
      requested: asked,
      locked: [],
      makesSystem: false,
    });
  assert.equal(why(found([{ type: "pypi", name: "Ruamel.YAML" }])), { "ruamel-yaml": "(asked)" });
  assert.equal(why(found([{ name: "ruamel_yaml" }])), { "ruamel-yaml": "(asked)" });
  assert.equal(why(found([{ type: "deb", name: "ruamel-yaml" }])), { "ruamel-yaml": "(unasked)" });
});

const NAMES = ["a", "b", "c", "d", "e", "f"];

const packages = fc.uniqueArray(
  fc.record({ name: fc.constantFrom(...NAMES), requires: fc.array(fc.constantFrom(...NAMES), { maxLength: 3 }) }),
  { selector: ({ name }) => name },
);

test("of what nobody asked for only what brought the rest is told, of a circle one", () => {
  const packages = [
    deb("libpcap"),
    deb("nmap", ["libpcap", "nmap-common"]),
    deb("nmap-common"),
    deb("b", ["c"]),
    deb("c", ["b"]),
  ];
  assert.equal(why(added([], packages)), {
    libpcap: "nmap",
    nmap: "(unasked)",
    "nmap-common": "nmap",
    b: "(unasked)",
    c: "b",
  });
});

test("property: what cannot be reached from what was asked for is unasked, or needed by what is", () => {
  fc.assert(
    fc.property(packages, fc.subarray(NAMES), fc.subarray(NAMES), (all, asked, inBase) => {
      const inventory = all.map(({ name, requires }) => deb(name, requires));
      const base = inventory.filter(({ name }) => inBase.includes(name));
      const found = added(base, inventory, { asked });
      assert.equal(
        found.map(({ name }) => name),
        all.map(({ name }) => name).filter((name) => !inBase.includes(name)),
      );
      const here = new Set(all.map(({ name }) => name));
      const reachable = (roots: readonly string[]) => {
        const reached = new Set(roots.filter((name) => here.has(name)));
        for (let before = -1; before !== reached.size; ) {
          before = reached.size;
          for (const { name, requires } of all) if (reached.has(name)) for (const need of requires) reached.add(need);
        }
        return reached;
      };
      const fine = reachable(asked);
      const unasked = found.flatMap(({ name, why: { type } }) => (type === "unasked" ? [name] : []));
      const known = reachable([...asked, ...unasked]);
      for (const { name, why: reason } of found) {
        assert.ok(known.has(name), `${name} came from nowhere`);
        if (fine.has(name)) assert.is.not(reason.type, "unasked");
        if (reason.type === "needed") assert.ok(reason.by.length > 0 && reason.by.every((by) => known.has(by)));
      }
      assert.is(
        unasked.length > 0,
        found.some(({ name }) => !fine.has(name)),
      );
    }),
    { numRuns: 500, seed: 5 },
  );
});

test.run();
