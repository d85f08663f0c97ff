import { dangerOf } from "../../src/model/dangerous-variables.js";
import { assert, suite } from "../support/suite.js";

const test = suite("model/dangerous-variables");

/** Those of the names (or `NAME=value`) that are dangerous. */
const dangerous = (text: string) =>
  text.split(/\s+/).filter((word) => {
    const [name = "", value = "/x"] = word.split("=");
    return dangerOf(name, value) !== undefined;
  });

const DANGEROUS =
  `LD_PRELOAD LD_LIBRARY_PATH LD_AUDIT FOO_PRELOAD DYLD_INSERT_LIBRARIES GCONV_PATH LOCPATH GLIBC_TUNABLES
  BASH_ENV ENV BASH_FUNC_ls ZDOTDIR PS4 TAR_OPTIONS NODE_OPTIONS NODE_PATH NODE_EXTRA_CA_CERTS PYTHONPATH PYTHONSTARTUP PYTHONHOME
  PYTHONWARNINGS PERL5OPT PERL5LIB RUBYOPT RUBYLIB GEM_HOME GEM_PATH BUNDLE_GEMFILE BUNDLE_PATH JAVA_TOOL_OPTIONS _JAVA_OPTIONS
  JDK_JAVA_OPTIONS CLASSPATH MAVEN_OPTS MAVEN_ARGS GRADLE_USER_HOME npm_config_registry NPM_CONFIG_REGISTRY Npm_Config_Registry
  pnpm_config_registry YARN_NPM_REGISTRY_SERVER YARN_YARN_PATH COREPACK_NPM_REGISTRY PIP_INDEX_URL PIP_CONFIG_FILE UV_INDEX_URL
  GOPROXY GOFLAGS GONOSUMDB GOSUMDB GOTOOLCHAIN GOAUTH CGO_CFLAGS CARGO_HOME RUSTC_WRAPPER http_proxy HTTPS_PROXY All_Proxy
  GIT_SSH_COMMAND GIT_CONFIG_COUNT GIT_EXEC_PATH GIT_SSL_NO_VERIFY OPENSSL_CONF SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE
  REQUESTS_CA_BUNDLE CURL_HOME WGETRC APT_CONFIG DPKG_ROOT RPM_CONFIGDIR PSModulePath LUA_PATH_5_4 PHPRC R_PROFILE_USER
  DOTNET_STARTUP_HOOKS HOSTALIASES XDG_CONFIG_HOME`.split(/\s+/);

test("variables by which programs load, run or fetch something else", () => {
  assert.equal(dangerous(DANGEROUS.join(" ")), DANGEROUS);
});

test("variables of applications, and settings that fetch and run nothing, are not", () => {
  const harmless = `LANG LC_ALL TZ HOME USER PORT NODE_ENV PYTHONUNBUFFERED PYTHONDONTWRITEBYTECODE PIP_NO_CACHE_DIR NPM_CONFIG_LOGLEVEL
    npm_config_fund BUNDLE_JOBS UV_LINK_MODE GIT_COMMIT GIT_BRANCH CGO_ENABLED GOOS GOARCH YARN_VERSION JAVA_HOME DEBIAN_FRONTEND
    NO_PROXY no_proxy ENV=production ld_preload LD APP_PATH DATABASE_URL COREPACK_ENABLE_STRICT PRELOAD PROXY`;
  assert.equal(dangerous(harmless), []);
  assert.equal(dangerous("LD_PRELOAD= PATH= http_proxy="), [], "an empty value sets it back");
});

test("PATH with entries that are elsewhere for everybody, or in which others may write", () => {
  assert.equal(dangerous("PATH=/app/bin:/usr/local/sbin:/usr/bin:/sbin:/bin"), []);
  for (const path of [
    ".:/bin",
    "/bin:",
    "/bin::/sbin",
    "bin:/bin",
    "/usr/../tmp",
    "/tmp/x:/bin",
    "/bin:/dev/shm",
    "//tmp",
    "$HOME:/bin",
    "/media/bin",
  ])
    assert.is(dangerous(`PATH=${path}`).length, 1, path);
});

test.run();
