import { distinctHosts, type PackageHost, parsePackageHost } from "../model/package-hosts.js";
import type { MachineNeeds, PackageManager } from "./package-manager.js";

type Settings = Pick<MachineNeeds, "env" | "config">;

/**
 * The machine's settings as steps see them whose only way out is a proxy of Slipway: it takes the place of the machine's own
 * proxies, and nothing goes around it.
 */
export function behindProxy({ env, config }: Settings, proxy: string): Settings {
  const own = Object.entries(env).filter(([name]) => !isProxyVariable(name));
  const names = { http_proxy: proxy, https_proxy: proxy, no_proxy: "" };
  const both = Object.entries(names).flatMap(([name, value]) => [
    [name, value],
    [name.toUpperCase(), value],
  ]);
  const texts = Object.entries(config).map(([name, text]) => [name, text === undefined ? text : withoutProxies(text)]);
  return { env: Object.fromEntries([...own, ...both]), config: Object.fromEntries(texts) };
}

/** Managers that read the settings of another one. */
const SETTINGS_OF: Readonly<Record<string, string>> = { tdnf: "dnf" };

/**
 * The hosts of package sources that the machine's settings for some managers name, without its proxies: through one of those a
 * build would reach everything. `names`: which of the managers.
 */
export function machineSources(
  managers: readonly Pick<PackageManager, "name" | "machine">[],
  names: readonly string[],
  { env, config }: Settings,
): readonly PackageHost[] {
  const settings = behindProxy({ env, config }, "");
  const wanted = new Set(names.map((name) => SETTINGS_OF[name] ?? name));
  const texts = managers
    .filter(({ name }) => wanted.has(name))
    .flatMap((manager) => {
      const { env: variables, files } = manager.machine({ mount: "", cache: "", runId: "", ...settings });
      // Programs are Slipway's own.
      return [
        ...Object.values(variables),
        ...files.filter(({ path }) => !path.startsWith("bin/")).map(({ text }) => text),
      ];
    });
  const proxies = new Set(
    Object.entries(env).flatMap(([name, value]) => (isProxyVariable(name) ? hostsIn(value) : [])),
  );
  const isProxy = ({ host, port }: PackageHost) =>
    [...proxies].some((each) => each.host === host && each.port === port);
  return distinctHosts(texts.flatMap(hostsIn).filter((host) => !isProxy(host)));
}

/** `PIP_PROXY` as well; not GOPROXY, which is where modules come from. */
const isProxyVariable = (name: string) => /_proxy$/i.test(name);

const COMMENT = /^\s*[#;].*$/gm;
const URL_IN_TEXT = /https?:\/\/[^\s"'<>,|\\]+/gi;

const hostsIn = (text = ""): PackageHost[] =>
  (text.replace(COMMENT, "").match(URL_IN_TEXT) ?? []).flatMap((url) => parsePackageHost(url) ?? []);

/** A setting of npm, pip, RubyGems, dnf (`proxy = …`, `:http_proxy: …`) or apt (`Acquire::http::Proxy "…"`). */
const PROXY_LINE = /^\s*(?::?[\w.-]*proxy[\w-]*\s*[:=]|Acquire::\S*Proxy\b)/i;

/** A configuration file without its settings of proxies, and what belongs to their values on further lines. */
function withoutProxies(text: string): string {
  let isDropped = false;
  const lines = text.replace(/<proxies>[\s\S]*?<\/proxies>/g, "").split("\n");
  const kept = lines.filter((line) => {
    isDropped = PROXY_LINE.test(line) || (isDropped && /^[ \t]+\S/.test(line));
    return !isDropped;
  });
  return kept.join("\n");
}
