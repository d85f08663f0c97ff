// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are references of Dockerfiles.
import { assert, suite } from "../../../support/suite.js";
import { fromDockerfile, nearby, read } from "../read.js";

const test = suite("Dockerfiles");

/** One instruction, the definition it becomes, and the notes it leaves; the missing digest of the base is left aside. */
const CASES: readonly (readonly [text: string, body: string, ...notes: string[]])[] = [
  [
    'ENV A=1 B="x y" C=$A',
    'env:\n  A: "1"\n  B: x y\n',
    "2:1 warning: the variable `C` is not carried over: `$A` has no value here",
  ],
  ["ENV A=1\nENV B=${A}2 C hello", 'env:\n  A: "1"\n  B: "12"\n  C: ""\n  hello: ""\n'],
  ["ENV TEXT hello  world", "env:\n  TEXT: hello  world\n"],
  ["ARG V=3\nENV A=$V", 'env:\n  A: "3"\n'],
  ["LABEL a.b=c 'd'=\"e f\"", "labels:\n  a.b: c\n  d: e f\n"],
  ["EXPOSE 80/tcp 53/udp 7000-7001", "ports: [80, 53/udp, 7000, 7001]\n"],
  ["EXPOSE 70000", "", "2:1 warning: the port `70000` is not carried over"],
  ["VOLUME /a /b", "volumes: [/a, /b]\n"],
  ['VOLUME ["/a b"]', "volumes: [/a b]\n"],
  ["WORKDIR /a\nWORKDIR b/../c", "run:\n  workdir: /a/c\n"],
  ["USER app:app", "run:\n  user: app:app\n"],
  [
    "USER $NOBODY",
    "",
    "2:1 warning: `$NOBODY` has no value here and is left empty",
    "2:1 warning: the user `` is not carried over: it must be `user` or `user:group`, as names or numbers",
  ],
  ["CMD echo $HOME", "run:\n  cmd: echo $HOME\n"],
  ['ENTRYPOINT ["a", "$x"]', "run:\n  entrypoint: [a, $x]\n"],
  ["ENTRYPOINT []", ""],
  ["STOPSIGNAL 9", 'run:\n  stopsignal: "9"\n'],
  ["HEALTHCHECK NONE", "run:\n  healthcheck: none\n"],
  [
    'HEALTHCHECK --retries=2 --timeout=1m30s CMD ["true"]',
    'run:\n  healthcheck:\n    command: ["true"]\n    timeout: 1m30s\n    retries: 2\n',
  ],
  ["RUN make", "setup: [make]\n"],
  ['RUN ["make", "all"]', "setup:\n  - [make, all]\n"],
  ["WORKDIR /w\nRUN make", "setup: [mkdir -p /w && cd /w && make]\nrun:\n  workdir: /w\n"],
  [
    "RUN --mount=type=secret,id=x make",
    "setup: [make]\n",
    "2:5 warning: `--mount=type=secret,id=x` is not carried over",
  ],
  [
    "RUN <<EOF\n#!/bin/bash\necho hi\nEOF",
    "setup:\n  - - /bin/bash\n    - -c\n    - |\n      #!/bin/bash\n      echo hi\n",
  ],
  ["RUN cat <<EOF > /x\nhi\nEOF", "setup:\n  - |-\n    cat <<EOF > /x\n    hi\n    EOF\n"],
  [
    "ARG V=1 W\nRUN echo ${V} $W",
    'setup: ["export V=1 && echo ${V} $W"]\n',
    "2:1 warning: the argument `W` has no default",
    "3:1 warning: the argument `W` has no value here",
  ],
  [
    "RUN pip install flask==2.2.2 && python setup.py",
    "runtime-packages:\n  - name: flask\n    version: 2.2.2\nsetup: [python setup.py]\n",
  ],
  [
    "RUN pip install -r requirements.txt",
    "setup: [pip install -r requirements.txt]\n",
    "2:1 warning: `requirements.txt` was not copied by this file, so its packages stay in setup",
    "2:1 warning: the packages that this installs stay in setup, where no approved list is asked",
  ],
  [
    "RUN ./configure && apt-get install -y --no-install-recommends gcc",
    "setup: [./configure && apt-get install -y --no-install-recommends gcc]\n",
    "2:1 warning: the packages that this installs stay in setup, where no approved list is asked",
  ],
  ["COPY a.txt /etc/", "artifacts:\n  - path: a.txt\n    dest: /etc\n"],
  ["COPY a.txt /etc", "artifacts:\n  - path: a.txt\n    dest: /etc\n"],
  ["COPY a.txt /new", "artifacts:\n  - path: a.txt\n    target: /new\n"],
  [
    "COPY --chown=1:2 --chmod=644 --link dir /x",
    'artifacts:\n  - path: dir\n    dest: /x\n    owner: 1:2\n    mode: "0644"\n',
    "2:30 note: `--link` is left out: it is about layers",
  ],
  ['COPY ["a b", "/x/"]', "artifacts:\n  - path: a b\n    dest: /x\n"],
  [
    "COPY --exclude=*.x --from=Some:x dir /x",
    "",
    "2:6 warning: `--exclude=*.x` is not carried over",
    "2:1 error: `Some:x` is neither a stage nor a reference to an image",
  ],
  [
    "ADD x.tar.gz /x/",
    "artifacts:\n  - path: x.tar.gz\n    dest: /x\n",
    "2:1 warning: `x.tar.gz` is copied and not unpacked",
  ],
  [
    "ADD https://example.org/x.git#main /x",
    "",
    "2:1 warning: `https://example.org/x.git#main` is not carried over: it is no file",
  ],
  [
    "COPY <<'A' <<B /c/\n$x\nA\n\\$y\nB",
    "artifacts:\n  - path: files/A\n    dest: /c\n  - path: files/B\n    dest: /c\n",
  ],
];

const FILES = { "a.txt": "a", "a b": "c", "dir/x": "d", "x.tar.gz": "e" };

for (const [text, body, ...notes] of CASES) {
  test(text.replaceAll("\n", " ⏎ "), () => {
    const result = fromDockerfile(text, FILES);
    assert.is(result.body.replace(/^.*?(?=kind:)/s, ""), body);
    const isMinor = (note: string) => /recommends|came before/.test(note);
    assert.equal(result.notes.filter((note) => !isMinor(note)).sort(), [...notes].sort());
  });
}

test("here documents are files, their variables put in unless the name is quoted", () => {
  const { imported } = fromDockerfile("ENV x=1\nCOPY <<'A' <<B /c/\n$x '\nA\n$x ' \\$x\nB");
  assert.equal(
    imported.texts.map(({ path, text }) => [path, text]),
    [
      ["images/app/files/A", "$x '\n"],
      ["images/app/files/B", "1 ' $x\n"],
    ],
  );
});

for (const [text, error] of [
  [
    "ONBUILD RUN make",
    "2:1 error: ONBUILD has no counterpart: what an image does to those that derive from it would stand in no definition of theirs",
  ],
  ["FROBNICATE x", "2:1 error: `FROBNICATE` is not an instruction of a Dockerfile"],
  ["RUN", "2:1 error: RUN says nothing"],
  ["COPY a.txt", "2:1 error: COPY needs a source and a destination"],
  ["COPY ../x /y", "2:1 error: `../x` leads out of the document's folder"],
  ["COPY dir/../../x /y", "2:1 error: `dir/../../x` leads out of the document's folder"],
  ["COPY nothing /y", "2:1 error: `nothing` is not there"],
  ["COPY *.none /y", "2:1 error: no file matches `*.none`"],
  ["SHELL bash", "2:1 error: SHELL needs a list in JSON form"],
  ["FROM ${UNSAID}", "2:1 error: `` is not a reference to an image"],
  ["HEALTHCHECK curl", "2:1 error: HEALTHCHECK needs NONE, or CMD and a command"],
] as const) {
  test(`refused: ${text}`, () =>
    assert.ok(fromDockerfile(text, FILES).notes.includes(error), fromDockerfile(text, FILES).notes.join("\n")));
}

test("without FROM, and with something in front of it", () => {
  assert.equal(read("Dockerfile", "# nothing\n").notes, ["1:1 error: there is no FROM"]);
  assert.ok(read("Dockerfile", "RUN x\nFROM scratch\n").notes.includes("1:1 error: RUN stands before the first FROM"));
});

test("stages by name and number, an image from its own stage, and one that copies from an external image", () => {
  const { written } = read(
    "Dockerfile",
    "FROM golang:1 AS b\nRUN go build\nFROM b\nCOPY --from=0 /x /x\nCOPY --from=nginx /y /z/\nUSER app\n",
  );
  assert.is(
    written["images/app/image.yaml"],
    `kind: BaseImage
name: app
version: "1.0"
from: docker.io/library/golang:1
stages:
  - name: b
    from: docker.io/library/golang:1
    setup: [go build]
  - name: nginx
    from: docker.io/library/nginx:latest
artifacts:
  - image: b
    path: /x
    target: /x
  - image: nginx
    path: /y
    dest: /z
setup: [go build]
run:
  user: app
`,
  );
});

test("a stage that the image starts from stays where files are copied from it, with those it starts from", () => {
  const { written } = read("Dockerfile", "FROM scratch AS a\nFROM a AS b\nUSER x\nFROM b\nCOPY --from=b /x /y\n");
  const text = written["images/app/image.yaml"] ?? "";
  assert.match(text, /\nstages:\n {2}- name: a\n {4}from: scratch\n {2}- name: b\n {4}parent: a\n/);
});

test("a manifest is found where it was copied", () => {
  const files = nearby({ "app/requirements.txt": "flask\n", "app/x.py": "" });
  const { written, imported } = read(
    "Dockerfile",
    "FROM python:3\nWORKDIR /srv\nCOPY app .\nRUN pip install -r requirements.txt\n",
    { files },
  );
  assert.match(written["images/app/image.yaml"] ?? "", /^language: python3$/m);
  assert.match(written["images/app/image.yaml"] ?? "", /^runtime-manifest: app\/requirements.txt$/m);
  assert.equal([...imported.copies.keys()], ["images/app/app/requirements.txt", "images/app/app/x.py"]);
});

test("a variable that may be refused is carried over and named", () => {
  const { written, notes } = fromDockerfile("ENV MODE=a PYTHONPATH=/srv PIP_NO_CACHE_DIR=1");
  assert.match(written["images/app/image.yaml"] ?? "", /PYTHONPATH: \/srv/);
  const message =
    "the variable `PYTHONPATH` makes Python load or run something else: an image that is no base image needs";
  assert.equal(
    notes.filter((note) => note.includes("variable")),
    [`2:1 warning: ${message} an exception from dangerous-env for it`],
  );
});

test("commands run by another user, of two languages, in two shells", () => {
  const { notes } = fromDockerfile(
    'RUN npm install -g a\nRUN pip install b\nUSER app\nRUN c\nRUN d\nSHELL ["/bin/bash", "-c"]',
  );
  assert.equal(
    notes.filter((note) => note.includes(" warning: ") && !note.startsWith("1:")),
    [
      "3:1 warning: packages of python3 stay in setup: the image has those of nodejs",
      "3:1 warning: the packages that this installs stay in setup, where no approved list is asked",
      "5:1 warning: this ran as the user app; setup runs as root",
      "7:1 warning: the commands above this run in this shell too: an image has one",
    ],
  );
});

test.run();
