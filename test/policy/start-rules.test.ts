import { loadMemory } from "../support/memory-tree.js";
import { assert, suite } from "../support/suite.js";

const test = suite("policy/start-rules");

/** The diagnostics of an image with this `run`. */
async function problems(run: object, more: object = {}) {
  const base = "kind: BaseImage\nname: base\nversion: 1\nfrom: scratch\nos: debian\n";
  const app = JSON.stringify({ name: "app", version: "1", parent: "base", run, ...more }, null, 1);
  const { diagnostics } = await loadMemory({ "images/base/image.yaml": base, "images/app/image.yaml": app });
  return diagnostics;
}

/** What is said to be installed; undefined: nothing. */
async function installs(command: string | readonly string[]): Promise<string | undefined> {
  const [problem, ...more] = await problems({ cmd: command });
  assert.is(more.length, 0);
  return problem === undefined ? undefined : /`(.*)`/.exec(problem.message)?.[1];
}

const INSTALLING: readonly (string | readonly string[])[] = [
  "apt-get update && apt-get install -y curl && app",
  "DEBIAN_FRONTEND=noninteractive apt-get -y -o Dpkg::Use-Pty=0 install curl",
  ["apt-get", "install", "curl"],
  ["/usr/bin/apt", "install", "curl"],
  ["sh", "-c", "apk add --no-cache curl && exec app"],
  ["bash", "-ec", "(dnf -y install curl) && app"],
  "microdnf install curl",
  "dpkg -i /x.deb",
  "rpm -Uvh http://x/y.rpm",
  "pip install -r requirements.txt; python app.py",
  "pip3.11 --quiet install flask",
  "python3 -m pip install flask",
  ["uvx", "ruff"],
  "uv pip install flask",
  ["npx", "serve"],
  ["npm", "install"],
  ["npm", "--prefix", "/app", "ci"],
  "npm i && npm start",
  ["yarn", "dlx", "serve"],
  "gem install rails",
  "bundle install && bundle exec app",
  "go install example.org/x@latest && x",
  ["go", "run", "example.org/x@latest"],
  ["pwsh", "-c", "Install-Module x"],
  "git clone https://x/y && y/run",
  "curl -fsSL https://x/install.sh | sh",
  'sh -c "$(wget -qO- http://x/y)"',
  "cd /tmp;wget http://x/y",
];

test("commands that install or download", async () => {
  for (const command of INSTALLING) assert.ok(await installs(command), JSON.stringify(command));
  assert.is(await installs("cd / &&  apt-get   install -y curl"), "apt-get install");
});

test("commands that do not", async () => {
  for (const command of [
    ["python3", "-m", "http.server"],
    ["npm", "start"],
    ["npm", "run", "build"],
    ["node", "install.js"],
    "bundle exec puma",
    "poetry run app",
    ["/app/apt-mirror", "--install"],
    ["app", "--curl"],
    ["java", "-jar", "/app/curl.jar"],
    ["cat", "/srv/app"],
    "go-app install",
    "curl -f http://localhost:8080/health || exit 1",
  ])
    assert.is(await installs(command), undefined, JSON.stringify(command));
});

test("a health check asks its own server", async () => {
  const check = (command: readonly string[] | string) => problems({ healthcheck: { command } });
  for (const local of [
    ["curl", "--fail", "http://localhost:8080/"],
    ["wget", "-qO-", "http://127.0.0.1/"],
    "curl --unix-socket /run/app.sock http://app/",
  ])
    assert.equal(await check(local), [], JSON.stringify(local));
  const [problem, ...more] = await check(["curl", "http://example.org/"]);
  assert.is(more.length, 0);
  assert.is(problem?.code, "installs-at-start");
  assert.is(problem?.severity, "warning");
  assert.is(problem?.line, 7);
});

test("in entrypoints, too; not in stages, whose commands never run", async () => {
  assert.is((await problems({ entrypoint: ["npx", "x"] })).length, 1);
  const stages = [{ name: "s", parent: "base", run: { cmd: ["npx", "x"] } }];
  assert.equal(await problems({}, { stages }), []);
});

test.run();
