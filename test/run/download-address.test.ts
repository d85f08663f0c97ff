import { checkedLookup, checkUrl, DownloadProblem, isPublicAddress } from "../../src/run/download-address.js";
import { assert, suite } from "../support/suite.js";

const test = suite("run/download-address");

const PRIVATE = [
  ...["0.0.0.0", "10.1.2.3", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.0.1", "169.254.169.254"],
  ...["172.16.0.1", "172.31.255.255", "192.0.2.1", "192.168.0.1", "198.19.0.1", "203.0.113.9", "224.0.0.1"],
  ...["239.255.255.250", "240.0.0.1", "255.255.255.255"],
  ...["::", "::1", "::ffff:8.8.8.8", "::ffff:7f00:1", "::127.0.0.1", "64:ff9b::808:808", "fe80::1", "fe80::1%lo"],
  ...["fc00::1", "fd12:3456::1", "ff02::1", "fec0::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1"],
  ...["", "localhost", "8.8.8", "1.2.3.4.5"],
];
const PUBLIC = [
  "8.8.8.8",
  "1.1.1.1",
  "100.63.255.255",
  "100.128.0.0",
  "172.15.0.1",
  "172.32.0.1",
  "192.167.0.1",
  "223.255.255.255",
];
const PUBLIC_6 = ["2001:4860:4860::8888", "2606:4700::1111", "2a00:1450:4001::1", "2620:fe::fe"];

test("which addresses are the Internet's", () => {
  assert.equal(PRIVATE.filter(isPublicAddress), []);
  assert.equal(
    [...PUBLIC, ...PUBLIC_6].filter((address) => !isPublicAddress(address)),
    [],
  );
});

const refused = (url: string, ...hosts: readonly string[]): string | undefined => {
  try {
    checkUrl(new URL(url), new Set(hosts));
    return undefined;
  } catch (error) {
    if (error instanceof DownloadProblem) return error.message;
    throw error;
  }
};

test("an address in a URL is refused in every way to write it", () => {
  const forms = [
    "127.0.0.1",
    "2130706433",
    "0x7f.1",
    "0177.0.0.1",
    "127.1",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "127.0.0.1.",
  ];
  for (const host of [...forms, "169.254.169.254", "[fd00::1]"]) {
    assert.match(String(refused(`https://${host}/x`)), /is a private address; if that is meant, add it to/, host);
  }
  assert.is(refused("https://127.1/x", "127.0.0.1"), undefined);
  assert.is(refused("https://[::1]/x", "::1"), undefined);
  assert.match(String(refused("https://[::1]/x", "127.0.0.1")), /private/);
  assert.is(refused("https://8.8.8.8/x"), undefined);
});

test("only https, and no credentials, which are not repeated", () => {
  for (const url of ["http://example.org/x", "ftp://example.org/x", "file:///etc/passwd"]) {
    assert.match(String(refused(url, "example.org")), /is not https$/);
  }
  const message = String(refused("https://user:s3cret@example.org/x"));
  assert.match(message, /has credentials in it: example\.org$/);
  assert.not.match(message, /s3cret|user/);
  assert.match(String(refused("https://token@example.org/x")), /has credentials in it: example\.org$/);
});

/** What a connection is told; a name has these addresses. */
function look(addresses: readonly string[], hosts: readonly string[] = [], all = true) {
  const resolve = async () => addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
  return new Promise<unknown>((done) => {
    checkedLookup(resolve, new Set(hosts))("files.example", { all }, (error, ...found) =>
      done(error?.message ?? found),
    );
  });
}

test("a name is refused when any of its addresses is private, unless it may have such", async () => {
  const two = ["8.8.8.8", "10.0.0.1"];
  assert.match(String(await look(two)), /^files\.example has a private address \(10\.0\.0\.1\)/);
  assert.match(String(await look(["8.8.8.8", "::1"])), /private address \(::1\)/);
  const found = two.map((address) => ({ address, family: 4 }));
  assert.equal(await look(two, ["files.example"]), [found]);
  assert.equal(await look(["8.8.8.8"]), [[found[0]]]);
  assert.equal(await look(["8.8.8.8", "1.1.1.1"], [], false), ["8.8.8.8", 4]);
  assert.is(await look([]), "files.example has no address");
});

test.run();
