import { loadedSpdx } from "./spdx.js";

/** The licence that a name stands for; `isGuess`: it is the likely one, not the certain one. */
export interface NamedLicense {
  readonly id: string;
  readonly isGuess: boolean;
}

/**
 * Names that are not SPDX's, in lower case: Debian's (copyright-format 1.0, section 7.1), Fedora's before 2022 (Licensing:Main,
 * "Short License Identifiers") and those of Python's classifiers. Versions of the GNU licences are read by GNU.
 */
const NAMES: Readonly<Record<string, string>> = {
  expat: "MIT",
  "mit license": "MIT",
  "mit/x11": "MIT",
  "bsd-2-clause": "BSD-2-Clause",
  "bsd-3-clause": "BSD-3-Clause",
  "bsd-4-clause": "BSD-4-Clause",
  "bsd-4-clause-uc": "BSD-4-Clause-UC",
  "bsd with advertising": "BSD-4-Clause",
  "apache 2.0": "Apache-2.0",
  "apache-2": "Apache-2.0",
  "apache license 2.0": "Apache-2.0",
  "apache license, version 2.0": "Apache-2.0",
  "asl 1.1": "Apache-1.1",
  "asl 2.0": "Apache-2.0",
  "artistic 2.0": "Artistic-2.0",
  boost: "BSL-1.0",
  "boost software license 1.0 (bsl-1.0)": "BSL-1.0",
  cc0: "CC0-1.0",
  "isc license (iscl)": "ISC",
  "isc license": "ISC",
  "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
  "mplv1.1": "MPL-1.1",
  "mplv2.0": "MPL-2.0",
  ofl: "OFL-1.1",
  "psf-2": "PSF-2.0",
  "python software foundation license": "PSF-2.0",
  "public domain": "LicenseRef-public-domain",
  "public-domain": "LicenseRef-public-domain",
  "the unlicense (unlicense)": "Unlicense",
  "zplv2.1": "ZPL-2.1",
};

/** Names that several licences have, with the likeliest meaning, which never lets a package pass. */
const AMBIGUOUS: Readonly<Record<string, string>> = {
  apache: "Apache-2.0",
  "apache software license": "Apache-2.0",
  artistic: "Artistic-1.0-Perl",
  bsd: "BSD-3-Clause",
  "bsd license": "BSD-3-Clause",
  gpl: "GPL-1.0-or-later",
  lgpl: "LGPL-2.0-or-later",
  agpl: "AGPL-3.0-or-later",
  gfdl: "GFDL-1.1-or-later",
  python: "PSF-2.0",
};

const GNU = /^(a|l)?gpl[- ]?v?([0-9])(?:\.([0-9]))?(?:\.0)?(\+|[- ]or[- ]later|[- ]only)?$/;
const GFDL = /^gfdl-(niv-)?(1\.[123])(\+)?$/;

/** Every object has a `constructor`. */
const inTable = (table: Readonly<Record<string, string>>, name: string) =>
  Object.hasOwn(table, name) ? table[name] : undefined;

/** The licence that a single name stands for; undefined: it is not known. SPDX's own identifiers are not looked up here. */
export function namedLicense(text: string): NamedLicense | undefined {
  const name = text.trim().replace(/\s+/g, " ").toLowerCase();
  const known = inTable(NAMES, name) ?? gnuLicense(name);
  if (known !== undefined) return { id: known, isGuess: false };
  const likely = inTable(AMBIGUOUS, name);
  if (likely !== undefined) return { id: likely, isGuess: true };
  const guess = guessed(name);
  return guess === undefined ? undefined : { id: guess, isGuess: guess.toLowerCase() !== name };
}

/** spdx-correct finds identifiers in any text that resembles one of them, and throws for some that do not. */
function guessed(name: string): string | undefined {
  // npm's UNLICENSED is the contrary of the Unlicense.
  if (name === "" || name.length > 200 || name === "unlicensed") return undefined;
  const { correct } = loadedSpdx();
  try {
    return correct(name, { upgrade: false }) ?? undefined;
  } catch {
    return undefined;
  }
}

function gnuLicense(name: string): string | undefined {
  if (name === "gpl+") return "GPL-1.0-or-later";
  if (name === "lgpl+") return "LGPL-2.0-or-later";
  const [, letter = "", major, minor = "0", later = ""] = GNU.exec(name) ?? [];
  if (major !== undefined) return gnuId(`${letter.toUpperCase()}GPL-${major}.${minor}`, later);
  const [, invariants, version, plus = ""] = GFDL.exec(name) ?? [];
  return version === undefined
    ? undefined
    : gnuId(`GFDL-${version}${invariants === undefined ? "" : "-no-invariants"}`, plus);
}

const gnuId = (base: string, later: string) => `${base}-${/\+|later/.test(later) ? "or-later" : "only"}`;

/** `License :: OSI Approved :: GNU General Public License v3 (GPLv3)`, or only the text after the last `::`. */
export function classifierLicense(text: string): NamedLicense | undefined {
  const name = text.replace(/^License :: (?:OSI Approved :: )?/, "");
  if (name === text && !/\([^()]+\)$/.test(text)) return undefined;
  const short = /\(([^()]+)\)$/.exec(name)?.[1];
  const known =
    inTable(NAMES, name.toLowerCase()) ?? (short === undefined ? undefined : gnuLicense(short.toLowerCase()));
  if (known !== undefined) return { id: known, isGuess: false };
  return name === text ? undefined : namedLicense(name);
}
