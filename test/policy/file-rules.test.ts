import type { AttributedFile, CodeKind } from "../../src/model/attribution.js";
import type { ImagePolicy, SetupPolicy } from "../../src/model/policies.js";
import { checkFiles, type FileFindings } from "../../src/policy/file-rules.js";
import { fakeSource, image } from "../support/definitions.js";
import { desired } from "../support/desired.js";
import { assert, suite } from "../support/suite.js";

const test = suite("policy/file-rules");

const made = (path: string, ...code: CodeKind[]): AttributedFile => ({
  path,
  kind: "file",
  origin: { type: "setup" },
  ...(code.length > 0 ? { code } : {}),
});

function check(findings: Partial<FileFindings>, policy?: Partial<SetupPolicy>, kind: "Image" | "BaseImage" = "Image") {
  const base = image("base", { kind: "BaseImage", os: "debian", from: "scratch" });
  const setup = ["make"];
  const app =
    kind === "Image" ? image("app", { parent: "base", setup }) : image("app", { kind, parent: "base", setup });
  const node = [...desired([base, app]).images.values()].find((each) => each.node.name === "app")?.node;
  assert.ok(node);
  const source = fakeSource("policies/images.yaml");
  const demand = { level: "enforce" as const, reach: [], source, pointer: "/setup", baseImages: false, allow: [] };
  const policies: ImagePolicy = { sizes: [], labels: [], ...(policy && { setup: { ...demand, ...policy } }) };
  const given = { node, files: [], changed: new Map(), databases: [], removed: [], watched: true, ...findings };
  return checkFiles(given, policies).map(({ severity, code, message }) => `${severity} ${code} ${message}`);
}

test("without a policy nothing that runs may be made; data may", () => {
  const files = [made("/a"), made("/b", "executable"), made("/c", "executable", "setuid"), made("/d", "setting")];
  assert.equal(check({ files }), [
    "error setup-made `setup` of app makes something executable: /b, /c",
    "error setup-made `setup` of app makes a setting that makes programs load or fetch something else: /d",
  ]);
});

test("an entry allows kinds of files at paths of images", () => {
  const files = [made("/opt/a", "executable"), made("/opt/b", "executable", "setuid"), made("/srv/c", "executable")];
  const entry = { reach: [], paths: ["/opt/*"], kinds: ["executable" as const], reason: "because" };
  assert.equal(check({ files }, { allow: [entry] }), [
    "error setup-made `setup` of app makes a setuid or setgid program: /opt/b",
    "error setup-made `setup` of app makes something executable: /srv/c",
  ]);
  const reach = [{ images: ["other"], except: [] }];
  assert.is(check({ files }, { allow: [{ ...entry, reach }] }).length, 1);
  assert.equal(check({ files }, { allow: [{ ...entry, paths: ["*"], kinds: [] }] }), []);
  assert.match(check({ files }, { level: "warn" }).join(), /^warning setup-made/);
});

test("an artifact may be anything but a setting for what derives from the image", () => {
  const origin = { type: "artifact" as const, from: "images/app/pip.conf" };
  const files: AttributedFile[] = [{ path: "/etc/pip.conf", kind: "file", origin, code: ["setting"] }];
  assert.equal(check({ files }), [
    "error setup-made an artifact of app is a setting that makes programs load or fetch something else, in all images that derive from it: /etc/pip.conf",
  ]);
  const entry = { reach: [], paths: ["/etc/pip.conf"], kinds: ["setting" as const], reason: "our index" };
  assert.equal(check({ files }, { allow: [entry] }), []);
});

test("base images only where the policy says so", () => {
  const files = [made("/b", "executable")];
  assert.equal(check({ files }, undefined, "BaseImage"), []);
  assert.is(check({ files }, { baseImages: true }, "BaseImage").length, 1);
});

test("databases: problems, and what setup writes or removes; not where nobody watched", () => {
  const databases = [{ what: "jq 1.6", problem: "is missing", place: "" }];
  const files = [made("/var/lib/dpkg/info/x.list", "setting"), { ...made("/var/lib"), kind: "deleted" as const }];
  const text =
    "error package-database the package databases of app are not those of its parent with the packages that it installs: ";
  assert.equal(check({ databases, files }), [
    `${text}jq 1.6 is missing, \`setup\` writes /var/lib/dpkg/info/x.list, \`setup\` removes /var/lib`,
  ]);
  assert.equal(check({ databases, files, watched: false }), [`${text}jq 1.6 is missing`]);
  assert.equal(check({ files: [made("/var/lib/dpkg/alternatives/awk")] }), []);
  const removed = ["/usr/share/doc/jq/copyright", "/var/lib/dpkg/info/jq.list"];
  assert.equal(check({ removed }), [`${text}\`setup\` removes /var/lib/dpkg/info/jq.list`]);
});

test("files of packages with other bytes", () => {
  const changed = new Map([["/usr/lib/a", "thing"]]);
  assert.equal(check({ changed }), [
    "error package-file-changed files of packages in app are not as in the packages: /usr/lib/a (thing)",
  ]);
});

test.run();
