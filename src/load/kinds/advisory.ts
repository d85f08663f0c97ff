import type {
  Advisory,
  AffectedPackage,
  AffectedRange,
  RangeEvent,
  StatedSeverity,
} from "../../model/vulnerability.js";

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads one record of the OSV format. undefined: it is withdrawn. Throws Error, with what is wrong, if it is not such
 * a record; ranges of Git commits and members that Slipway does not need are skipped.
 */
export function readAdvisory(text: string, file: string): Advisory | undefined {
  const value = parse(text);
  const id = textOf(value.id);
  if (id === undefined) throw new Error("it has no `id`: not a record of the OSV format");
  if (typeof value.withdrawn === "string") return undefined;
  const affected = listOf(value.affected, "affected").map(readAffected);
  return {
    id,
    aliases: textsOf(value.aliases, "aliases"),
    upstream: textsOf(value.upstream, "upstream"),
    summary: (textOf(value.summary) ?? textOf(value.details) ?? "").split("\n", 1)[0]?.slice(0, 300) ?? "",
    modified: textOf(value.modified) ?? "",
    severity: readSeverity(value),
    affected: affected.filter((one) => one !== undefined),
    file,
  };
}

function parse(text: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error("it is not JSON");
  }
  if (!isMapping(value)) throw new Error("it is not a JSON object");
  return value;
}

function readAffected(value: unknown): AffectedPackage | undefined {
  if (!isMapping(value)) throw new Error("an entry of `affected` is not an object");
  const { package: named } = value;
  // Records about repositories have no package.
  if (!isMapping(named)) return undefined;
  const [ecosystem, name] = [textOf(named.ecosystem), textOf(named.name)];
  if (ecosystem === undefined || name === undefined)
    throw new Error("a package of `affected` lacks `ecosystem` or `name`");
  return {
    ecosystem,
    name,
    ranges: listOf(value.ranges, "ranges").flatMap((range) => readRange(range) ?? []),
    versions: textsOf(value.versions, "versions"),
    severity: readSeverity(value),
  };
}

const EVENTS = ["introduced", "fixed", "last_affected"] as const;

function readRange(value: unknown): AffectedRange | undefined {
  if (!isMapping(value)) throw new Error("an entry of `ranges` is not an object");
  const { type } = value;
  if (type !== "ECOSYSTEM" && type !== "SEMVER") return undefined;
  const events = listOf(value.events, "events").flatMap((event): RangeEvent[] => {
    if (!isMapping(event)) throw new Error("an entry of `events` is not an object");
    return EVENTS.flatMap((name) => {
      const version = textOf(event[name]);
      return version === undefined ? [] : [{ type: name, version }];
    });
  });
  return { type, events };
}

function readSeverity(value: Json): StatedSeverity {
  const scores = listOf(value.severity, "severity").flatMap((entry) => {
    const score = isMapping(entry) ? textOf(entry.score) : undefined;
    // Vectors of CVSS 2 do not say their version.
    const isVector = isMapping(entry) && (entry.type === "CVSS_V2" || score?.startsWith("CVSS:") === true);
    return score === undefined ? [] : [{ score, isVector }];
  });
  const more = [value.database_specific, value.ecosystem_specific].filter(isMapping);
  const words = more.flatMap(({ severity, urgency }) => [severity, urgency].filter((word) => typeof word === "string"));
  return {
    vectors: scores.flatMap(({ score, isVector }) => (isVector ? [score] : [])),
    words: [...scores.flatMap(({ score, isVector }) => (isVector ? [] : [score])), ...words],
  };
}

const isMapping = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const textOf = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);

function listOf(value: unknown, what: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new Error(`\`${what}\` is no list`);
  return value;
}

function textsOf(value: unknown, what: string): readonly string[] {
  const list = listOf(value, what);
  if (list.every((one) => typeof one === "string")) return list;
  throw new Error(`\`${what}\` holds what is not text`);
}
