import type { InventoryPackage, PackageType } from "../../model/inventory.js";
import { type ImageFiles, namesOf, PACKAGE_LIMIT, plainly, textOf } from "./image-files.js";

/** RubyGems: a specification for each gem, as `gem install` writes it. */
export function readGems(files: ImageFiles): InventoryPackage[] {
  return files.paths
    .filter((path) => path.endsWith(".gemspec"))
    .flatMap((place) => {
      const text = files.read(place, PACKAGE_LIMIT) ?? "";
      const [, file, number] = /\/([^/]+)-([0-9][0-9A-Za-z.]*)(?:-[^/]*)?\.gemspec$/.exec(place) ?? [];
      const value = (field: string) => textOf(new RegExp(`^\\s*s\\.${field} = "([^"]*)"`, "m").exec(text)?.[1]);
      const licenses = [...(/^\s*s\.licenses = \[([^\]]*)\]/m.exec(text)?.[1]?.matchAll(/"([^"]+)"/g) ?? [])];
      const needed = text.matchAll(/^\s*s\.add_(?:runtime_)?dependency\(%q<([^>]+)>/gm);
      const license = licenses.map(([, name]) => name).join(" AND ");
      return inventoryPackage("gem", {
        name: value("name") ?? file,
        version: value("version") ?? number,
        license,
        place,
        requires: [...needed].map(([, name]) => name),
      });
    });
}

/** Modules unpacked in a Go cache: `…/mod/github.com/!burnt!sushi/toml@v1.3.2` (go.dev/ref/mod#module-cache). */
export function readGo(files: ImageFiles): InventoryPackage[] {
  return files.paths.flatMap((place) => {
    const [, escaped, version] = /^.*?\/mod\/(.+)@(v[^/]+)$/.exec(place) ?? [];
    if (escaped === undefined || version === undefined) return [];
    const plain = (text: string) => text.replace(/!([a-z])/g, (_, letter: string) => letter.toUpperCase());
    const text = files.read(`${place}/go.mod`, PACKAGE_LIMIT) ?? "";
    const needed = [...text.matchAll(/^(?:require)?\s*([^\s()]+\.[^\s()]+) v[0-9]/gm)];
    return inventoryPackage("golang", {
      name: plain(escaped),
      version: plain(version),
      place,
      requires: needed.map(([, name]) => name),
    });
  });
}

/** Jars in a local Maven repository: `org/example/parser/1.2/parser-1.2.jar`. */
export function readMaven(files: ImageFiles): InventoryPackage[] {
  const seen = new Set<string>();
  return files.paths.flatMap((path) => {
    const [, inside] = /^.*?\/(?:repository|maven-repo)\/(.+\.jar)$/.exec(path) ?? [];
    const parts = inside?.split("/") ?? [];
    const [file, version, artifact] = [parts.at(-1), parts.at(-2), parts.at(-3)];
    const place = path.slice(0, path.lastIndexOf("/"));
    if (parts.length < 4 || !file?.startsWith(`${artifact}-${version}`) || seen.has(place)) return [];
    seen.add(place);
    const group = parts.slice(0, -3).join(".");
    const pom = files.read(`${place}/${artifact}-${version}.pom`, PACKAGE_LIMIT) ?? "";
    const needed = [...pom.matchAll(/<dependency>([\s\S]*?)<\/dependency>/g)].map(([, dependency = ""]) => {
      const tag = (name: string) => new RegExp(`<${name}>\\s*([^<\\s]+)\\s*</${name}>`).exec(dependency)?.[1] ?? "";
      return `${tag("groupId").replace(/^\$\{(?:project|pom)\.groupId\}$/, group)}:${tag("artifactId")}`;
    });
    return inventoryPackage("maven", { name: `${group}:${artifact}`, version, place, requires: needed });
  });
}

/** Modules of PowerShell: `Modules/NAME/VERSION/NAME.psd1`. */
export function readPowershell(files: ImageFiles): InventoryPackage[] {
  return files.paths.flatMap((path) => {
    const [, place, name, version, file] = /^(.*\/([^/]+)\/([^/]+))\/([^/]+)\.psd1$/.exec(path) ?? [];
    if (place === undefined || file?.toLowerCase() !== name?.toLowerCase()) return [];
    const text = (files.read(path, PACKAGE_LIMIT) ?? "").replaceAll("\0", "");
    const prerelease = /^\s*Prerelease\s*=\s*['"]-?([0-9A-Za-z.-]+)['"]/im.exec(text)?.[1];
    const list = /^\s*RequiredModules\s*=\s*(@\([\s\S]*?\)|.*)$/im.exec(text)?.[1] ?? "";
    const needed = [...list.matchAll(/ModuleName\s*=\s*['"]([^'"]+)|(?:^|[(,\n])\s*['"]([^'"]+)['"]/gi)];
    return inventoryPackage("nuget", {
      name,
      version: prerelease === undefined ? version : `${version}-${prerelease}`,
      place,
      requires: needed.map(([, long, short]) => long ?? short),
    });
  });
}

interface Found {
  readonly name: string | undefined;
  readonly version: string | undefined;
  readonly license?: string;
  readonly place: string;
  readonly requires: Iterable<string | undefined>;
}

function inventoryPackage(type: PackageType, { place, requires, ...texts }: Found): InventoryPackage[] {
  const [name, version, license] = [texts.name, texts.version, texts.license].map(textOf);
  if (name === undefined || version === undefined) return [];
  const shown = license === undefined ? {} : { license };
  return [{ type, name, version, ...shown, place, requires: plainly(namesOf(requires)), provides: [] }];
}
