import { type Diagnostic, errorAt } from "../model/diagnostic.js";
import { startCommands, wordsOf } from "./environment-rules.js";
import type { Rule } from "./rule.js";

/** Where a program's name may begin in a text: at its start, behind an operator or a quote, or behind a path. */
const BEFORE = String.raw`(?:^|[\s;&|({\`"'!])(?:[\w./-]*/)?`;
/** Options may have values. */
const OPTIONS = String.raw`(?:\s+-\S+(?:\s+[^\s-]\S*)?)*?\s+`;
const END = String.raw`(?=$|[\s;&|)}\`"'])`;

const manager = (names: string, verbs: string) => `(?:${names})${OPTIONS}(?:${verbs})`;

/** The commands by which package managers install, or run what they have downloaded. */
const INSTALLS = [
  manager("apt|apt-get|aptitude", "install|reinstall|upgrade|full-upgrade|dist-upgrade|download|source|build-dep"),
  manager(
    "dnf5?|microdnf|yum|tdnf",
    "install|reinstall|upgrade|update|distro-sync|localinstall|groupinstall|swap|download",
  ),
  manager("zypper", "install|in|update|up"),
  manager("apk", "add|fetch|upgrade"),
  manager("pacman", "-S\\S*"),
  "(?:dpkg)\\s+(?:-\\S+\\s+)*(?:-i|--install|--unpack|-x)",
  "(?:rpm)\\s+(?:-[iUF]\\w*|--install|--upgrade)",
  manager(
    "pip[\\d.]*|uv(?:\\s+pip)?|pipx|poetry|pdm|pipenv|conda|mamba|micromamba",
    "install|download|sync|add|update",
  ),
  "python[\\d.]*\\s+-m\\s+(?:pip|ensurepip|easy_install)",
  "(?:uv\\s+run|uvx|easy_install|npx|pnpx|bunx|get-pip\\.py)",
  manager(
    "npm|pnpm|yarn|bun|cnpm|corepack",
    "install|i|ci|add|exec|x|dlx|update|upgrade|create|init|install-test|prepare|enable",
  ),
  manager("gem|bundle|bundler", "install|update|add|fetch"),
  manager("go", "install|get|run|mod"),
  manager("cargo", "install|run|build"),
  manager("composer", "install|update|require|create-project|global"),
  manager("dotnet", "restore|tool|add|run|build"),
  manager("mvn|mvnw|gradle|gradlew", "\\S+"),
  manager("cpan|cpanm|luarocks|opam|raco|stack|cabal", "\\S+"),
  "(?:Install|Save|Update)-(?:Module|Package|PSResource|Script)",
  manager("git", "clone|pull|fetch|submodule"),
].join("|");

/** Programs that fetch something. A health check asks its own server with them, so a local address does not count. */
const FETCHES = "(?:curl|wget|aria2c|axel|lftp|scp|sftp|rsync|ftp|tftp|Invoke-WebRequest|iwr)";

const INSTALL = new RegExp(`${BEFORE}(${INSTALLS})${END}`);
const FETCH = new RegExp(`${BEFORE}${FETCHES}${END}([^;&|]*)`, "g");
const LOCAL = /(?:^|[\s"']|:\/\/)(?:localhost|127(?:\.\d+){3}|0\.0\.0\.0|\[::1\])(?=$|[\s:/"'?])|--unix-socket\b/;

/** Warns of commands of a container that install or download: what they bring is checked by nobody. */
export const installsAtStart: Rule = ({ node: { stages } }) =>
  // What build stages would run is never run.
  (stages.at(-1)?.bodies ?? []).flatMap(({ run, source, pointer }) =>
    startCommands(run).flatMap(({ command, place }): Diagnostic[] => {
      const what = installing(wordsOf(command));
      if (what === undefined) return [];
      const message = `a container of the image would run \`${what}\`, and nothing that it brings is approved`;
      const hint = "write it into `system-packages`, `runtime-packages` or an artifact with its `sha256`";
      return [{ ...errorAt(source.at(pointer + place), "installs-at-start", message, hint), severity: "warning" }];
    }),
  );

/** The words by which a text installs or downloads something; undefined: it does not, as far as can be seen. */
function installing(text: string): string | undefined {
  const install = INSTALL.exec(text)?.[1];
  if (install !== undefined) return install.replace(/\s+/g, " ").trim();
  const download = [...text.matchAll(FETCH)].find(([, rest = ""]) => !LOCAL.test(rest));
  return download?.[0].trim().slice(0, 80);
}
