import type { Bootstrap, RpmRepository } from "../../model/definition.js";
import { type Diagnostic, errorAt } from "../../model/diagnostic.js";
import type { YamlSource } from "../yaml/source.js";
import type { YamlMapping, YamlValue } from "../yaml/value.js";
import { BOOTSTRAP } from "./schema/image.js";
import { asList, asMapping, asText, optional } from "./value.js";

/** The keys of each manager, required ones first. */
const KEYS = {
  apt: { needs: ["suite"], may: ["variant", "packages"] },
  dnf: { needs: ["repositories", "releasever", "packages"], may: [] },
} as const;

/** Reads `bootstrap`; its manager decides which keys it may have. */
export function readBootstrap(value: YamlValue | undefined, source: YamlSource, diagnostics: Diagnostic[]): Bootstrap {
  const bootstrap = asMapping(value);
  const manager = bootstrap.manager === "dnf" ? "dnf" : "apt";
  diagnostics.push(...keyProblems(bootstrap, manager, source));
  const packages = asList(bootstrap.packages).map(asText);
  // A missing key has been reported; its placeholder must not be a second mistake.
  const text = (key: string, otherwise = "missing") => asText(bootstrap[key]) || otherwise;
  if (manager === "apt")
    return { manager, suite: text("suite"), variant: text("variant", BOOTSTRAP.properties.variant.default), packages };
  const repositories = readRepositories(bootstrap.repositories);
  return { manager, repositories, releasever: text("releasever"), packages };
}

function keyProblems(bootstrap: YamlMapping, manager: keyof typeof KEYS, source: YamlSource): Diagnostic[] {
  const { needs, may } = KEYS[manager];
  const own: readonly string[] = ["manager", ...needs, ...may];
  const foreign = Object.keys(bootstrap).filter((key) => !own.includes(key));
  if (foreign.length > 0) {
    const other = manager === "apt" ? "dnf" : "apt";
    const hint = `a bootstrap by ${manager} has ${[...needs, ...may].map((key) => `\`${key}\``).join(", ")}`;
    return foreign.map((key) =>
      errorAt(
        source.at(`/bootstrap/${key}`, "key"),
        "exclusive-keys",
        `\`${key}\` is for a bootstrap by ${other}`,
        hint,
      ),
    );
  }
  return needs
    .filter((key) => isEmpty(bootstrap[key]))
    .map((key) => errorAt(source.at("/bootstrap"), "missing-key", `\`${key}\` is missing in \`bootstrap\``));
}

const isEmpty = (value: YamlValue | undefined) =>
  value === undefined || (typeof value === "object" ? Object.keys(value).length === 0 : value === "");

/** Sorted by name, because their order makes no difference. */
function readRepositories(value: YamlValue | undefined): RpmRepository[] {
  return Object.entries(asMapping(value))
    .map(([name, entry]): RpmRepository => {
      if (typeof entry === "string") return { name, url: entry };
      const { url, gpgkey } = asMapping(entry);
      return { name, url: asText(url), ...optional("gpgkey", gpgkey) };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
