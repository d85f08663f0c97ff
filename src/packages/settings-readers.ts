import { keepLines } from "./keep-lines.js";
import type { MachineNeeds } from "./package-manager.js";

type Environment = MachineNeeds["env"];

/**
 * Filters of a machine's configuration files, by their names in language.yaml. Builds get where packages come from and how to reach
 * it; never what is installed or how, and no path of this machine. undefined: there is nothing to pass.
 */
export const SETTINGS_READERS: Readonly<
  Record<string, (text: string | undefined, env: Environment) => string | undefined>
> = {
  npmrc: (text, env) => (text === undefined ? undefined : expand(keepLines(text, NPMRC), env)),
  "pip.conf": (text) => (text === undefined ? undefined : keepLines(text, PIP_CONF, CONTINUES)),
  gemrc: (text) => (text === undefined ? undefined : keepLines(text, GEMRC, ENTRY)),
  bundle: (text) => (text === undefined ? undefined : keepLines(text, BUNDLE)),
  maven: mavenSettings,
};

const NPMRC = /^\s*(registry|@[^:\s]+:registry|\/\/[^\s=]+|ca|proxy|https-proxy|noproxy|strict-ssl)\s*=/;

/** npm reads `${NAME}` from the environment, which does not reach a RUN step. */
function expand(text: string, env: Environment): string {
  return text.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (all, name: string) => env[name] ?? all);
}

const PIP_CONF =
  /^(?:\[|(?:index-url|extra-index-url|index_url|extra_index_url|trusted-host|proxy|timeout|retries)\s*[=:])/;
/** For Python's configparser an indented line belongs to the value above it. */
const CONTINUES = /^[ \t]+\S/;

/** gemrc is YAML; RubyGems writes its own keys with a leading colon. */
const GEMRC = /^(?:---|:?(?:sources|ssl_verify_mode|http_proxy)\s*:)/;
const ENTRY = /^\s*-\s/;

/** One setting a line, as `bundle config` writes them. */
const BUNDLE = /^(?:---|BUNDLE_(?:MIRROR__[^\s"]+|SSL_VERIFY_MODE|TIMEOUT|RETRY):\s)/;

const SECTION = /<(mirrors|servers|proxies)>[\s\S]*?<\/\1>/g;

/** Maven reads no variables for proxies, so those of the machine become settings. Profiles and plugin groups are left out. */
function mavenSettings(text: string | undefined, env: Environment): string | undefined {
  const sections: string[] = (text ?? "").replace(/<!--[\s\S]*?-->/g, "").match(SECTION) ?? [];
  const proxies = sections.some((section) => section.startsWith("<proxies>")) ? [] : environmentProxies(env);
  if (proxies.length > 0) sections.push(`<proxies>${proxies.join("")}</proxies>`);
  return sections.length === 0 ? undefined : `<settings>\n${sections.join("\n")}\n</settings>\n`;
}

function environmentProxies(env: Environment): string[] {
  const without = (env.no_proxy ?? env.NO_PROXY ?? "").split(",").map((host) => host.trim().replace(/^\./, "*."));
  return ["http", "https"].flatMap((protocol) => {
    const value = env[`${protocol}_proxy`] ?? env[`${protocol}_proxy`.toUpperCase()];
    const url = value === undefined || !URL.canParse(value) ? undefined : new URL(value);
    if (url === undefined) return [];
    const { hostname, port, username, password } = url;
    const fields = {
      id: protocol,
      active: "true",
      protocol,
      host: hostname,
      port: port || (url.protocol === "https:" ? "443" : "80"),
      ...(username === "" ? {} : { username: decodeURIComponent(username), password: decodeURIComponent(password) }),
      nonProxyHosts: without.filter((host) => host !== "").join("|"),
    };
    const elements = Object.entries(fields).map(([name, text]) => `<${name}>${escapeXml(text)}</${name}>`);
    return [`<proxy>${elements.join("")}</proxy>`];
  });
}

const escapeXml = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
