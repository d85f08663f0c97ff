import { packageHostText } from "../../src/model/package-hosts.js";
import { behindProxy, machineSources } from "../../src/packages/machine-sources.js";
import { MANAGERS } from "../../src/packages/managers.js";
import { assert, suite } from "../support/suite.js";

const test = suite("packages/machine-sources");

type Texts = Readonly<Record<string, string>>;

const sources = (name: string, { env = {}, config = {} }: { env?: Texts; config?: Texts }) =>
  machineSources(MANAGERS, [name], { env, config }).map(packageHostText);

test("the hosts that the settings of each manager name", () => {
  assert.equal(sources("go", { env: { GOPROXY: "https://go.example:8443,https://second.example|direct" } }), [
    "go.example:8443",
    "second.example:443",
  ]);
  assert.equal(sources("go", { env: { GOPROXY: "off", GOSUMDB: "sum.example+key https://sum.example" } }), [
    "sum.example:443",
  ]);
  const repositories = "https://apk.example/v3/main\n#https://old.example/v3\n@edge http://127.0.0.1:8080/edge\n";
  assert.equal(sources("apk", { config: { "apk-repositories": repositories } }), [
    "apk.example:443",
    "http://127.0.0.1:8080",
  ]);
  assert.equal(sources("gem", { config: { gemrc: "---\n:sources:\n- https://gems.example/\n" } }), [
    "gems.example:443",
  ]);
  assert.equal(sources("gem", { env: { BUNDLE_MIRROR__ALL: "https://mirror.example" } }), ["mirror.example:443"]);
  const mirror = "<mirror><id>m</id><url>https://maven.example/repository</url></mirror>";
  assert.equal(sources("maven", { config: { "settings.xml": `<settings><mirrors>${mirror}</mirrors></settings>` } }), [
    "maven.example:443",
  ]);
  assert.equal(sources("psresource", { env: { SLIPWAY_PSREPOSITORY: "https://ps.example/nuget/v2" } }), [
    "ps.example:443",
  ]);
  assert.equal(sources("apt", { config: { "sources.list": "deb http://deb.example/debian stable main\n" } }), [
    "http://deb.example:80",
  ]);
  assert.equal(sources("tdnf", { config: { "yum.repo": "[a]\nbaseurl=https://rpm.example/$releasever/\n" } }), [
    "rpm.example:443",
  ]);
  assert.equal(sources("gem", { env: { GOPROXY: "https://go.example" } }), [], "only those of its own managers");
});

const PROXY = "http://proxy.example:3128";

test("the machine's proxies are no sources", () => {
  assert.equal(sources("go", { env: { https_proxy: PROXY, GOPROXY: "https://go.example" } }), ["go.example:443"]);
  assert.equal(sources("go", { env: { https_proxy: PROXY, GOPROXY: "http://proxy.example:3128/go" } }), []);
  assert.equal(sources("pip", { env: { PIP_PROXY: PROXY, PIP_INDEX_URL: "https://pip.example/simple" } }), [
    "pip.example:443",
  ]);
  const pip = `[global]\nproxy =\n    ${PROXY}\nindex-url =\n    https://pip.example/simple\n`;
  assert.equal(sources("pip", { config: { "pip.conf": pip } }), ["pip.example:443"]);
  const gemrc = `---\n:http_proxy: ${PROXY}\n:sources:\n- https://gems.example/\n`;
  assert.equal(sources("gem", { config: { gemrc } }), ["gems.example:443"]);
  const proxies = "<proxies><proxy><host>proxy.example</host><url>http://proxy.example/</url></proxy></proxies>";
  assert.equal(sources("maven", { env: { http_proxy: PROXY }, config: { "settings.xml": proxies } }), []);
  assert.equal(sources("tdnf", { config: { "yum.repo": `[a]\nproxy=${PROXY}\nbaseurl=https://rpm.example/\n` } }), [
    "rpm.example:443",
  ]);
  assert.equal(sources("npm", { config: { npmrc: `https-proxy=${PROXY}\nregistry=https://npm.example/\n` } }), [
    "npm.example:443",
  ]);
});

test("behind a proxy there is no other one, and nothing goes around it", () => {
  const before = {
    env: {
      HTTPS_PROXY: PROXY,
      no_proxy: "corp.example",
      all_proxy: PROXY,
      PIP_PROXY: PROXY,
      GOPROXY: "https://go.example",
    },
    config: { npmrc: `proxy=${PROXY}\nregistry=https://npm.example/\nnoproxy=corp.example\n`, gemrc: undefined },
  };
  const { env, config } = behindProxy(before, "http://127.0.0.1:3128");
  const own = "http://127.0.0.1:3128";
  assert.equal(env, {
    GOPROXY: "https://go.example",
    ...{ http_proxy: own, HTTP_PROXY: own, https_proxy: own, HTTPS_PROXY: own, no_proxy: "", NO_PROXY: "" },
  });
  assert.equal(config, { npmrc: "registry=https://npm.example/\n", gemrc: undefined });
});

test.run();
