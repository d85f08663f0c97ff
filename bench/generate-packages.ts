/** Packages on each approved list. */
export const LIST_LENGTH = 300;

/** Package managers of languages: system packages without which no image can have runtime packages. */
export const INSTALLERS = ["npm", "python3-pip"] as const;

const LICENCES = ["MIT", "Apache-2.0", "BSD-3-Clause", "GPL-2.0-or-later", "LGPL-2.1-or-later"] as const;

/** The name of a package in a list, for instance `system-archive-7`. Any index is valid. */
export function packageName(scope: string, index: number, count: number): string {
  const words = ["archive", "codec", "crypt", "driver", "locale", "parser", "socket", "vector"];
  const place = index % count;
  return `${scope}-${words[place % words.length]}-${place}`;
}

/** A list of approved packages; the package at index `changed` has a different version than in a list without `changed`. */
export function approvedList(kind: "system" | "runtime", scope: string, changed?: number): string {
  const prefix = kind === "system" ? "system" : scope;
  const packages = Array.from({ length: LIST_LENGTH }, (_, index) => {
    const minor = (index % 9) + (index === changed ? 10 : 0);
    const name = packageName(prefix, index, LIST_LENGTH);
    // Most lists approve a series of versions, some a single version.
    const version = index % 5 === 0 ? `2.${minor}.4` : `2.${minor}.*`;
    return `  - { name: ${name}, versions: ["${version}"], license: ${LICENCES[index % LICENCES.length]} }\n`;
  });
  const head =
    kind === "system" ? `kind: SystemPackages\nos: ${scope}\n` : `kind: RuntimePackages\nlanguage: ${scope}\n`;
  const installers = kind === "system" ? INSTALLERS.map((name) => `  - { name: ${name}, license: MIT }\n`) : [];
  return `${head}packages:\n${[...packages, ...installers].join("")}`;
}
