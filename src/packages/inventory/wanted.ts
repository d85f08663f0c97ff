/**
 * Whether a file of an image may tell what is installed. `directory` is absolute and has no `/` at its end (the root is empty).
 * Called for each file of an image, so the name decides before the directory is looked at.
 */
export function isWanted(directory: string, name: string): boolean {
  switch (name) {
    case "package.json":
      return isNodePackage(directory);
    case "METADATA":
      return directory.endsWith(".dist-info");
    case "PKG-INFO":
      return directory.endsWith(".egg-info") || directory.endsWith("/EGG-INFO");
    case "status":
      return directory === "/var/lib/dpkg";
    case "installed":
      return directory === "/lib/apk/db" || directory === "/usr/lib/apk/db";
    case "rpmdb.sqlite":
    case "Packages.db":
    case "Packages":
      return RPM_DATABASES.includes(directory);
    default:
      return isWantedByEnding(directory, name);
  }
}

function isWantedByEnding(directory: string, name: string): boolean {
  if (name.endsWith(".list")) return directory === "/var/lib/dpkg/info";
  if (name.endsWith(".egg-info")) return true;
  if (name.endsWith(".gemspec")) return /\/specifications(?:\/default)?$/.test(directory);
  if (name.endsWith(".jar")) return /\/(?:repository|maven-repo)\//.test(directory);
  if (name.endsWith(".psd1")) return /\/Modules\/[^/]+\/[0-9][^/]*$/i.test(directory);
  return directory === "/var/lib/dpkg/status.d" && !name.endsWith(".md5sums");
}

/** The places of rpm's database, current and former. */
const RPM_DATABASES: readonly string[] = ["/usr/lib/sysimage/rpm", "/var/lib/rpm"];

/** The directory of rpm's database among these files, as rpm expects it. */
export const rpmDatabase = (paths: readonly string[]) =>
  RPM_DATABASES.find((directory) => paths.some((path) => path.startsWith(`${directory}/`)));

/** Directories that tell something by their existence: modules in a Go cache. */
export const isWantedDirectory = (directory: string, name: string) =>
  name.includes("@v") && directory.includes("/mod/") && !directory.includes("/mod/cache/");

/** Links to directories that are elsewhere under another name. */
export const isWantedLink = (directory: string, name: string) =>
  name === "node_modules" || /\.(?:dist|egg)-info$/.test(name) || isNodePackage(`${directory}/${name}`);

/** Whether a directory is directly below node_modules, or Debian's equivalent, or below a scope there. */
const isNodePackage = (directory: string) =>
  /(?:\/node_modules|^\/usr\/(?:share|lib)\/nodejs)\/(?:@[^/]+\/)?[^./@][^/]*$/.test(directory);
