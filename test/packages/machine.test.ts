import { execFileSync } from "node:child_process";
import type { Language } from "../../src/model/language.js";
import { BUILT_IN_LANGUAGES } from "../../src/packages/built-in-languages.js";
import { keepLines } from "../../src/packages/keep-lines.js";
import { languageManager } from "../../src/packages/language-manager.js";
import { machineFiles } from "../../src/packages/machine.js";
import { MANAGERS } from "../../src/packages/managers.js";
import type { MachineNeeds } from "../../src/packages/package-manager.js";
import { assert, suite } from "../support/suite.js";

const test = suite("packages/machine");

const NEEDS: MachineNeeds = { mount: "/m", cache: "/m/cache", runId: "run1", env: {}, config: {} };

const BUILT_IN = BUILT_IN_LANGUAGES.find(({ name }) => name === "pip") as Language;

const machine = (needs: Partial<MachineNeeds> = {}) => machineFiles(MANAGERS, { ...NEEDS, ...needs });

function text(needs: Partial<MachineNeeds>, path: string): string | undefined {
  return machine(needs).files.find((file) => file.path === path)?.text;
}

test("a machine that needs nothing: caches only", () => {
  const { env, directories, files } = machine();
  assert.equal(env, {
    APT_CONFIG: "/m/apt.conf",
    SLIPWAY_APT: "/m/cache/apt",
    SLIPWAY_RUN: "run1",
    PIP_CACHE_DIR: "/m/cache/pip",
    npm_config_cache: "/m/cache/npm",
    npm_config_update_notifier: "false",
    SLIPWAY_RPM: "/m/cache/rpm",
    SLIPWAY_APK: "/m/cache/apk",
    GOCACHE: "/m/cache/go-build",
    SLIPWAY_MAVEN: "/m/cache/maven",
  });
  assert.equal([...directories].sort(), [
    "apk/cache",
    "apt/archives/partial",
    "apt/lists/partial",
    "go-build",
    "maven",
    "npm",
    "pip",
    "rpm",
  ]);
  assert.equal(
    files.map(({ path, mode }) => `${path} ${mode.toString(8)}`),
    ["env 600", "apt.conf 644", "bin/apt-get 755", "bin/dnf 755", "bin/microdnf 755", "bin/tdnf 755", "bin/apk 755"],
  );
});

test("of the environment nothing but the named variables passes", () => {
  const env = {
    http_proxy: "http://p:1",
    HTTPS_PROXY: "http://p:2",
    no_proxy: "localhost",
    PIP_INDEX_URL: "https://pip.example/simple",
    npm_config_registry: "https://npm.example/",
    AWS_SECRET_ACCESS_KEY: "s3cret",
    HOME: "/home/u",
    PATH: "/evil",
    LD_PRELOAD: "/evil.so",
    NODE_OPTIONS: "--require /evil.js",
    npm_config_ignore_scripts: "true",
    PIP_NO_DEPS: "1",
    APT_CONFIG: "/evil",
  };
  const passed = Object.entries(machine({ env }).env).filter(([name]) => !(name in machine().env));
  assert.equal(Object.fromEntries(passed), {
    http_proxy: "http://p:1",
    HTTPS_PROXY: "http://p:2",
    no_proxy: "localhost",
    PIP_INDEX_URL: "https://pip.example/simple",
    npm_config_registry: "https://npm.example/",
    // Maven knows no variables for proxies.
    SLIPWAY_MAVEN_SETTINGS: "/m/settings.xml",
  });
  assert.is(machine({ env }).env.APT_CONFIG, "/m/apt.conf");
});

test("a CA bundle is named to every program that has a variable for it", () => {
  const { env } = machine({ caBundle: "/m/ca.crt" });
  const named = Object.entries(env).flatMap(([name, value]) => (value === "/m/ca.crt" ? [name] : []));
  assert.equal(named.sort(), [
    "AWS_CA_BUNDLE",
    "BUNDLE_SSL_CA_CERT",
    "CURL_CA_BUNDLE",
    "GIT_SSL_CAINFO",
    "NODE_EXTRA_CA_CERTS",
    "PIP_CERT",
    "REQUESTS_CA_BUNDLE",
    "SSL_CA_CERT_FILE",
    "SSL_CERT_FILE",
  ]);
});

test("env is read by a shell as it was meant, whatever the values hold", () => {
  const odd = 'a\'b "c" $HOME $(id) `id` \\ \n# x;&|<>*?~ é';
  const script = text({ env: { http_proxy: odd, https_proxy: "" } }, "env") ?? "";
  const shell = `set -u; ${script}\nprintf '%s|%s|%s' "$http_proxy" "$https_proxy" "$PATH"`;
  assert.is(execFileSync("/bin/sh", ["-c", shell], { encoding: "utf8", env: { PATH: "/bin" } }), `${odd}||/m/bin:/bin`);
});

test("npmrc: only where to get packages and how", () => {
  const npmrc = [
    "registry=https://npm.example/",
    "@corp:registry = https://corp.example/",
    "//corp.example/:_authToken=t0ken",
    "strict-ssl=true",
    "https-proxy=http://p",
    "cafile=/etc/ca.pem",
    "ignore-scripts=true",
    "prefix=/evil",
    "script-shell=/evil",
    "node-options=--require /evil.js",
    "; registry=commented",
    "xregistry=https://x",
    "registry-evil=1",
    "[section]",
    "",
  ].join("\r\n");
  const kept = text({ config: { npmrc } }, "npmrc");
  assert.equal(
    kept?.split("\n").filter((line) => line !== ""),
    npmrc.split("\r\n").slice(0, 5),
  );
  assert.is(machine({ config: { npmrc } }).env.npm_config_userconfig, "/m/npmrc");
});

test("npmrc: variables are filled in, for the environment stays outside", () => {
  const line = (token: string) => `//corp.example/:_authToken=${token}`;
  const [set, unset] = ["NODE_AUTH_TOKEN", "UNSET"].map((name) => `$\{${name}}`) as [string, string];
  const kept = text({ config: { npmrc: `${line(set)}\n${line(unset)}` }, env: { NODE_AUTH_TOKEN: "s3" } }, "npmrc");
  assert.is(kept, `${line("s3")}\n${line(unset)}\n`);
});

test("pip.conf: only where to get packages and how, in its sections", () => {
  const kept = [
    "[global]",
    "index-url = https://pip.example/simple",
    "trusted-host: pip.example",
    "[install]",
    "timeout = 60",
  ];
  const dropped = [
    "no-deps = true",
    "target = /evil",
    "constraint = /x",
    "find-links = /y",
    "# index-url = z",
    "pre = 1",
  ];
  const conf = [...kept.slice(0, 3), ...dropped, ...kept.slice(3)].join("\n");
  const result = text({ config: { "pip.conf": conf } }, "pip.conf");
  assert.equal(result?.trimEnd().split("\n"), kept);
  assert.is(machine({ config: { "pip.conf": conf } }).env.PIP_CONFIG_FILE, "/m/pip.conf");
});

test("pip.conf: values that go on for several lines are kept or dropped as a whole", () => {
  const conf =
    "[global]\nextra-index-url =\n    https://a.example/\n\thttps://b.example/\nfind-links =\n    /evil\nproxy = http://p\n";
  const result = text({ config: { "pip.conf": conf } }, "pip.conf");
  assert.is(
    result?.trimEnd(),
    "[global]\nextra-index-url =\n    https://a.example/\n\thttps://b.example/\nproxy = http://p",
  );
});

test("files with secrets are for their owner alone", () => {
  const { files } = machine({ config: { npmrc: "//h/:_authToken=t", "pip.conf": "index-url=https://u:p@h/" } });
  const modes = Object.fromEntries(files.map(({ path, mode }) => [path, mode]));
  assert.equal([modes.env, modes.npmrc, modes["pip.conf"]], [0o600, 0o600, 0o600]);
});

test("gemrc and Bundler's settings: where gems are, nothing about what is built", () => {
  const gemrc = "---\n:sources:\n- https://gems.example/\n:verbose: true\ngem: --no-document\n:ssl_verify_mode: 0\n";
  assert.is(text({ config: { gemrc } }, "gemrc"), "---\n:sources:\n- https://gems.example/\n:ssl_verify_mode: 0\n");
  const bundle =
    '---\nBUNDLE_MIRROR__ALL: "https://gems.example/"\nBUNDLE_BUILD__PG: "--with-x"\nBUNDLE_PATH: "/evil"\n';
  const kept = text({ config: { "bundle-config": bundle } }, "bundle-config");
  assert.is(kept, '---\nBUNDLE_MIRROR__ALL: "https://gems.example/"\n');
  const { env } = machine({ config: { gemrc, "bundle-config": bundle } });
  assert.equal([env.GEMRC, env.BUNDLE_USER_CONFIG], ["/m/gemrc", "/m/bundle-config"]);
});

test("Maven's settings: mirrors, servers and proxies; profiles and what is commented out stay behind", () => {
  const settings = `<?xml version="1.0"?><settings><localRepository>/evil</localRepository>
<!-- <mirrors><mirror><url>https://old.example/</url></mirror></mirrors> -->
<mirrors><mirror><id>a</id><mirrorOf>*</mirrorOf><url>https://maven.example/</url></mirror></mirrors>
<profiles><profile><id>evil</id></profile></profiles></settings>`;
  const kept = text({ config: { "settings.xml": settings } }, "settings.xml");
  assert.is(
    kept,
    "<settings>\n<mirrors><mirror><id>a</id><mirrorOf>*</mirrorOf><url>https://maven.example/</url></mirror></mirrors>\n</settings>\n",
  );
  const proxied = text(
    { env: { https_proxy: "http://u:p%26q@proxy.example:3128", no_proxy: "localhost,.corp" } },
    "settings.xml",
  );
  assert.match(
    proxied ?? "",
    "<protocol>https</protocol><host>proxy.example</host><port>3128</port><username>u</username>",
  );
  assert.match(proxied ?? "", "<password>p&amp;q</password><nonProxyHosts>localhost|*.corp</nonProxyHosts>");
  assert.is(text({}, "settings.xml"), undefined);
});

test("a catalogue's own language gets no variable of the machine that the machine's owner did not name", () => {
  const own = languageManager(
    { ...BUILT_IN, machine: { ...BUILT_IN.machine, variables: ["AWS_SECRET_ACCESS_KEY", "PERL_MIRROR"] } },
    "catalogue",
  );
  const env = { AWS_SECRET_ACCESS_KEY: "s3cret", PERL_MIRROR: "https://cpan.example" };
  const passed = (pass: Record<string, string>) => own.machine({ ...NEEDS, env: { ...env, ...pass } }).env;
  assert.equal(passed({}), { PIP_CACHE_DIR: "/m/cache/pip" });
  assert.equal(passed({ SLIPWAY_PASS: "OTHER, PERL_MIRROR" }), {
    PIP_CACHE_DIR: "/m/cache/pip",
    PERL_MIRROR: "https://cpan.example",
  });
});

test("apt's sources are replaced as a whole", () => {
  const without = text({}, "apt.conf") ?? "";
  assert.not.match(without, "sourcelist");
  const sources = "deb http://mirror.example bookworm main\n";
  const conf = text({ config: { "sources.list": sources } }, "apt.conf") ?? "";
  assert.match(conf, 'Dir::Etc::sourcelist "/m/sources.list";');
  assert.match(conf, 'Dir::Etc::sourceparts "/nonexistent";');
  assert.is(text({ config: { "sources.list": sources } }, "sources.list"), sources);
});

test("rpm's and apk's repositories are replaced as a whole", () => {
  const config = {
    "yum.repo": "[r]\nbaseurl=https://u:p@r.example/\n",
    "apk-repositories": "https://a.example/main\n",
  };
  const { env, files } = machine({ config });
  assert.equal([env.SLIPWAY_REPOS, env.SLIPWAY_APK_REPOSITORIES], ["/m/yum.repos.d", "/m/apk-repositories"]);
  for (const [path, content] of [
    ["yum.repos.d/machine.repo", config["yum.repo"]],
    ["apk-repositories", config["apk-repositories"]],
  ] as const) {
    const file = files.find((one) => one.path === path);
    assert.equal([file?.text, file?.mode], [content, 0o600], path);
  }
});

test("every wrapper is a shell script", () => {
  const scripts = machine().files.filter(({ path }) => path.startsWith("bin/"));
  for (const { path, text: script } of scripts) {
    execFileSync("/bin/sh", ["-n"], { input: script });
    assert.match(script, /^#!\/bin\/sh\n/, path);
  }
});

test("keepLines", () => {
  assert.is(keepLines("a=1\nb=2\nA=3\n", /^a=/), "a=1\n");
  assert.is(keepLines("", /x/), "\n");
});

test.run();
