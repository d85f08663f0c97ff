import { assert, suite } from "../../support/suite.js";
import { IMAGE, loadFiles, places, removeTemporary } from "../temporary-catalogue.js";

const test = suite("load/read-image");
test.after(removeTemporary);

/** The only image of a catalogue, without its source. */
async function read(text: string) {
  const { catalogue, diagnostics } = await loadFiles({
    "images/a/image.yaml": text,
    "images/a/tree/x": "",
    "images/a/f": "",
  });
  assert.equal(diagnostics, []);
  const [image] = catalogue.images.values();
  if (image === undefined) throw new Error("no image");
  const { source: _, ...rest } = image;
  return rest;
}

test("the project's first example loads as it stands, under any file name", async () => {
  const text = `name: python3-postgres
version: 1.1
parent: photon-python3
language: python3
metadata:
    role: x-labs-admins
    extendable: true
    author: bjung@vmware.com
photon-packages:
    - name: libpq-dev
      version: 9.6.4-1
runtime-packages:
    - name: psycopg2
      version: 2.7.3.1
`;
  const { catalogue, diagnostics } = await loadFiles({ "images/x/whatever.yml": text });
  assert.equal(diagnostics, []);
  const found = [...catalogue.images.values()][0];
  if (found === undefined) throw new Error("no image");
  const { source, ...image } = found;
  assert.is(source.file, "images/x/whatever.yml");
  assert.equal(image, {
    kind: "Image",
    name: "python3-postgres",
    version: "1.1",
    language: "python3",
    metadata: { role: "x-labs-admins", extendable: true, author: "bjung@vmware.com" },
    origin: { type: "parent", parent: "photon-python3" },
    systemPackages: [{ name: "libpq-dev", version: "9.6.4-1", pointer: "/photon-packages/0" }],
    systemPackagesKey: "photon-packages",
    runtimePackages: [{ name: "psycopg2", version: "2.7.3.1", pointer: "/runtime-packages/0" }],
    modules: [],
    artifacts: [],
    env: [],
    labels: [],
    ports: [],
    volumes: [],
    setup: [],
    run: {},
    tests: [],
    stages: [],
    folder: "images/x",
    pointer: "",
  });
});

test("versions that look like numbers stay different", async () => {
  assert.is((await read("name: a\nversion: 1.10\nparent: b\n")).version, "1.10");
  assert.is((await read("name: a\nversion: 0x10\nparent: b\n")).version, "0x10");
});

test("where an image starts", async () => {
  assert.equal((await read("name: a\nversion: 1\nfrom: scratch\nkind: BaseImage\n")).origin, {
    type: "from",
    ref: "scratch",
  });
  const bootstrap = await read(
    "name: a\nversion: 1\nbootstrap: { manager: apt, suite: bookworm, packages: [ca-certificates] }\n",
  );
  assert.equal(bootstrap.origin, {
    type: "bootstrap",
    bootstrap: { manager: "apt", suite: "bookworm", variant: "minbase", packages: ["ca-certificates"] },
  });
});

test("env and labels: mapping or list, empty and 0 kept", async () => {
  const expected = [
    { name: "A", value: "" },
    { name: "B", value: "0" },
    { name: "C", value: "line\nline\n" },
  ];
  assert.equal((await read(`${IMAGE}env:\n  A:\n  B: 0\n  C: |\n    line\n    line\n`)).env, expected);
  const list =
    "labels:\n  - {name: A, value: }\n  - {name: B, value: 0}\n  - name: C\n    value: |\n      line\n      line\n";
  assert.equal((await read(IMAGE + list)).labels, expected);
});

test("ports have a protocol, volumes are paths", async () => {
  const text =
    "ports: [8080, 53/udp, {port: 443}, {value: 9/sctp, expose: true}, {port: 1, expose: false}]\nvolumes: [/a, {name: b, path: /b}]\n";
  const image = await read(IMAGE + text);
  assert.equal(image.ports, ["8080/tcp", "53/udp", "443/tcp", "9/sctp"]);
  assert.equal(image.volumes, ["/a", "/b"]);
});

test("text is for the shell, a list is executed", async () => {
  const image = await read(
    `${IMAGE}setup:\n  - echo a > b\n  - [echo, "$x", ""]\nrun: {user: 1000:0, workdir: /w, entrypoint: [a, b], cmd: c d, stopsignal: SIGINT}\n`,
  );
  assert.equal(image.setup, [
    { form: "shell", text: "echo a > b" },
    { form: "exec", argv: ["echo", "$x", ""] },
  ]);
  assert.equal(image.run, {
    user: "1000:0",
    workdir: "/w",
    entrypoint: { form: "exec", argv: ["a", "b"] },
    cmd: { form: "shell", text: "c d" },
    stopsignal: "SIGINT",
  });
});

test("tests and their defaults", async () => {
  const text = `tests:
  - command: python3 --version
    stdout: Python
  - command: [sh, -c, "exit 3"]
    name: fails
    exit: 3
    stderr: { equals: x, matches: "^x$" }
    user: nobody
    timeout: 5
  - file: /etc/passwd
  - { file: /tmp/x, exists: false, mode: 0644, contains: y, name: n }
`;
  assert.equal((await read(IMAGE + text)).tests, [
    {
      type: "command",
      name: "python3 --version",
      command: { form: "shell", text: "python3 --version" },
      exit: 0,
      stdout: { contains: "Python" },
      timeout: 60,
    },
    {
      type: "command",
      name: "fails",
      command: { form: "exec", argv: ["sh", "-c", "exit 3"] },
      exit: 3,
      stderr: { equals: "x", matches: "^x$" },
      user: "nobody",
      timeout: 5,
    },
    { type: "file", name: "/etc/passwd", path: "/etc/passwd", exists: true },
    { type: "file", name: "n", path: "/tmp/x", exists: false, mode: "0644", contains: "y" },
  ]);
});

test("a test with a server, and its defaults", async () => {
  const text = `tests:
  - serve: { port: 8080 }
  - name: n
    serve: { port: 80, ready: up }
    requests:
      - {}
      - { json: '{"a": 1.0}', headers: { X-A: b } }
      - method: PUT
        path: /a?b=c
        body: text
        headers: { Content-Type: text/plain }
        answer: { status: 404, headers: { X-B: c, Etag: { equals: d } }, body: { matches: ^e }, json: "[]" }
    stdout: f
    stderr: { equals: "" }
    exit: 0
    timeout: 5
`;
  const answer = { status: 200, headers: {} };
  const requests = [
    { method: "GET", path: "/", headers: {}, answer },
    {
      method: "POST",
      path: "/",
      headers: { "content-type": "application/json", "x-a": "b" },
      body: '{"a": 1.0}',
      answer,
    },
    {
      method: "PUT",
      path: "/a?b=c",
      headers: { "content-type": "text/plain" },
      body: "text",
      answer: {
        status: 404,
        headers: { "x-b": { contains: "c" }, etag: { equals: "d" } },
        body: { matches: "^e" },
        json: "[]",
      },
    },
  ];
  assert.equal((await read(IMAGE + text)).tests, [
    { type: "serve", name: "port 8080", port: 8080, requests: [], timeout: 60 },
    {
      ...{ type: "serve", name: "n", port: 80, ready: "up", requests },
      ...{ stdout: { contains: "f" }, stderr: { equals: "" }, exit: 0, timeout: 5 },
    },
  ]);
});

test("what is no JSON and no regular expression in a request is said where it stands", async () => {
  const text = `${IMAGE}tests:
  - serve: {port: 80}
    requests:
      - {json: "{"}
      - {answer: {json: x, body: {matches: "("}, headers: {A: {matches: "["}}}}
`;
  const loaded = await loadFiles({ "images/a/image.yaml": text });
  const file = "images/a/image.yaml";
  assert.equal(places(loaded), [
    `${file}:7:16 invalid-value`,
    `${file}:8:25 invalid-value`,
    `${file}:8:44 invalid-value`,
    `${file}:8:73 invalid-value`,
  ]);
});

test("where artifacts go", async () => {
  const text = `artifacts:
  - {path: f, dest: /files/}
  - {path: f, dest: /files, target: g}
  - {path: ./f, target: /h}
  - {path: tree/, dest: /tree}
  - {path: /images/a/f, target: /x/, name: n, mode: 0755, owner: root:root}
`;
  assert.equal((await read(IMAGE + text)).artifacts, [
    { type: "path", name: "f", path: "f", target: "/files/", pointer: "/artifacts/0" },
    { type: "path", name: "f", path: "f", target: "/files/g", pointer: "/artifacts/1" },
    { type: "path", name: "f", path: "./f", target: "/h", pointer: "/artifacts/2" },
    { type: "path", name: "tree", path: "tree/", target: "/tree/", pointer: "/artifacts/3" },
    {
      type: "path",
      name: "n",
      path: "/images/a/f",
      target: "/x/",
      mode: "0755",
      owner: "root:root",
      pointer: "/artifacts/4",
    },
  ]);
});

test("metadata has free keys, and rebuild a reason", async () => {
  const image = await read(
    `${IMAGE}metadata: {extendable: false, tier: 1}\nrebuild: {nonce: 2, reason: base was rebuilt}\n`,
  );
  assert.equal({ ...image.metadata }, { extendable: false, tier: "1" });
  assert.equal(image.rebuild, { nonce: "2", reason: "base was rebuilt" });
});

test("a key without a value is an empty one", async () => {
  const image = await read(`${IMAGE}setup:\nenv:\nruntime-packages:\n  # - none yet\nmetadata:\nrun:\nrebuild:\n`);
  assert.equal([image.setup, image.env, image.runtimePackages, image.run, image.rebuild], [[], [], [], {}, undefined]);
  assert.equal({ ...image.metadata }, {}, "extendable is left to the default");
});

test("what a schema cannot say", async () => {
  const text = `${IMAGE}env:
  - {name: A, value: 1}
  - {name: A, value: 2}
tests:
  - command: x
    stdout: {matches: "("}
artifacts:
  - {path: f, target: relative}
  - {path: f, target: /absolute, dest: /d}
`;
  const loaded = await loadFiles({ "images/a/image.yaml": text, "images/a/f": "" });
  const file = "images/a/image.yaml";
  assert.equal(places(loaded), [
    `${file}:6:12 duplicate-name`,
    `${file}:9:23 invalid-value`,
    `${file}:11:23 artifact-target`,
    `${file}:12:23 artifact-target`,
  ]);
});

test.run();
