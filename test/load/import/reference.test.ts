import { nativeName, stageName } from "../../../src/load/import/fits.js";
import { languageOf, parseReference, systemOf, versionOf } from "../../../src/load/import/reference.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("references to images");
const DIGEST = `sha256:${"a".repeat(64)}`;

for (const [text, ref] of [
  ["ubuntu", "docker.io/library/ubuntu:latest"],
  ["golang:1.7.3", "docker.io/library/golang:1.7.3"],
  ["berndtj/my-python-base:0.0.1", "docker.io/berndtj/my-python-base:0.0.1"],
  ["localhost:5000/a/b:1.0", "localhost:5000/a/b:1.0"],
  ["localhost/a", "localhost/a:latest"],
  ["registry.example/a/b/c", "registry.example/a/b/c:latest"],
  ["index.docker.io/library/x:1", "docker.io/library/x:1"],
  [`photon@${DIGEST}`, "docker.io/library/photon"],
  [`photon:5.0@${DIGEST}`, "docker.io/library/photon:5.0"],
] as const) {
  test(`${text} is ${ref}`, () => {
    assert.is(parseReference(text)?.ref, ref);
    assert.is(parseReference(text)?.digest, text.includes("@") ? DIGEST : undefined);
  });
}

for (const text of [
  "",
  ":1",
  "UPPER",
  "a b",
  "a@sha256:12",
  "a:",
  "a//b",
  "-a",
  "a:b:c",
  `a@${DIGEST}@${DIGEST}`,
  "../a",
  "a:$TAG",
]) {
  test(`${JSON.stringify(text)} is none`, () => assert.is(parseReference(text), undefined));
}

test("a tag is a version unless it moves or does not fit", () => {
  assert.is(versionOf("0.0.1"), "0.0.1");
  assert.is(versionOf("latest"), "1.0");
  assert.is(versionOf(undefined), "1.0");
  assert.is(versionOf("_x"), "1.0");
});

test("official images say their operating system and language", () => {
  const about = (text: string) => {
    const reference = parseReference(text);
    return reference && [systemOf(reference), languageOf(reference)];
  };
  assert.equal(about("rockylinux:9"), ["rocky", undefined]);
  assert.equal(about("registry.example/ubi9/ubi-minimal"), [undefined, undefined]);
  assert.equal(about("registry.example/ubi9-minimal"), ["ubi", undefined]);
  assert.equal(about("python:3.11-slim-bookworm"), ["debian", "python3"]);
  assert.equal(about("node:20-alpine3.19"), ["alpine", "nodejs"]);
  assert.equal(about("constructor"), [undefined, undefined]);
});

test("names become native ones", () => {
  assert.is(nativeName("some/app"), "some-app");
  assert.is(nativeName("Photon_Base"), "photon_base");
  assert.is(nativeName("..a._b--c.."), "a.b--c");
  assert.is(nativeName("***"), "");
  assert.is(stageName("Build.Stage"), "build-stage");
  assert.is(stageName("0"), "stage-0");
});

test.run();
