import { placesOf } from "../support/memory-tree.js";
import { assert, suite } from "../support/suite.js";

const test = suite("policy/network-rules");

const BASE = `kind: BaseImage
name: base
version: "1"
from: scratch
package-hosts: [packages.example]
`;
const CHILD = `name: child
version: "1"
parent: base
network: host
stages:
  - { name: one, parent: base, network: packages }
  - { name: two, parent: base, network: host }
`;
const exceptions = (rule: string) =>
  `exceptions: [{ rule: ${rule}, image: child, owner: "@a", reason: it is, expires: 2999-01-01 }]\n`;

test("the machine's network, of an image and of each stage, is for an administrator to allow", async () => {
  const files = { "images/base/image.yaml": BASE, "images/child/image.yaml": CHILD };
  assert.equal(await placesOf(files), [
    "images/child/image.yaml:4:10 network-host",
    "images/child/image.yaml:7:41 network-host",
  ]);
  assert.equal(await placesOf({ ...files, "policies/exceptions.yaml": exceptions("network-host") }), []);
});

test("where packages come from is for base images to say", async () => {
  const child = 'name: child\nversion: "1"\nparent: base\npackage-hosts: [evil.example]\n';
  assert.equal(await placesOf({ "images/base/image.yaml": BASE, "images/child/image.yaml": child }), [
    "images/child/image.yaml:4:1 base-only",
  ]);
});

test("a host is a name with or without port, and http:// where it has no TLS", async () => {
  const said = (host: string) => placesOf({ "images/base/image.yaml": BASE.replace("packages.example", host) });
  for (const host of ["packages.example:8443", '"http://packages.example"', '"http://10.0.0.1:8080"'])
    assert.equal(await said(host), [], host);
  for (const host of ['"https://packages.example"', '"*"', '"*.example"', "a/b", "a:0", "a:65536", '"u@a"', '"[::1]"'])
    assert.equal(await said(host), ["images/base/image.yaml:5:17 invalid-value"], host);
});

test.run();
