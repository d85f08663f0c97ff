import { distinctHosts, packageHostText, parsePackageHost } from "../../src/model/package-hosts.js";
import { assert, suite } from "../support/suite.js";

const test = suite("model/package-hosts");

const read = (text: string) => {
  const host = parsePackageHost(text);
  return host && packageHostText(host);
};

test("hosts, with or without port, and URLs of which only the host counts", () => {
  assert.is(read("packages.example"), "packages.example:443");
  assert.is(read("Packages.Example.:8443"), "packages.example:8443");
  assert.is(read("http://packages.example"), "http://packages.example:80");
  assert.is(read("https://user:word@packages.example/a?b@c"), "packages.example:443");
  assert.is(read("https://packages.example:8443/simple/"), "packages.example:8443");
  assert.is(read("http://[FD00::1]:3128/"), "http://[fd00::1]:3128");
});

test("what is neither", () => {
  for (const text of [
    "",
    "https://",
    "ftp://packages.example/",
    "$basearch.example/",
    "a b",
    "https://a|b/",
    "file:///x",
  ])
    assert.is(read(text), undefined, text);
});

test("each once", () => {
  const hosts = ["a.example", "https://a.example/x", "http://a.example"].flatMap(
    (text) => parsePackageHost(text) ?? [],
  );
  assert.equal(distinctHosts(hosts).map(packageHostText), ["a.example:443", "http://a.example:80"]);
});

test.run();
