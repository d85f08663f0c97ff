import { type Palette, PLAIN } from "./palette.js";
import { printable } from "./printable.js";
import { plural, table, unknownContents } from "./text.js";

/** What `slipway audit --json` prints. */
export interface AuditReport {
  /** Worst first. */
  readonly images: readonly AuditReportImage[];
  /** Images that are neither built nor in the lock: nothing is known of them. */
  readonly unknown: readonly string[];
  /** What was not looked at, in words. */
  readonly blind: readonly string[];
  /** `newest`: the day of the newest record. */
  readonly advisories: { readonly count: number; readonly newest: string };
}

export interface AuditReportImage {
  readonly image: string;
  readonly version: string;
  readonly from: "image" | "lock" | "unknown";
  readonly findings: readonly AuditReportFinding[];
}

export interface AuditReportFinding {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly rating: string;
  readonly level: "enforce" | "warn" | "ignore";
  readonly summary: string;
  readonly package: {
    readonly type: string;
    readonly name: string;
    readonly version: string;
    readonly source?: { readonly name: string; readonly version: string };
    readonly place: string;
  };
  readonly fixedIn: string | null;
  /** The image that brought the package. */
  readonly broughtBy: string;
  /** `file:line` of the definition that brought it. */
  readonly at: string;
  readonly waived: { readonly owner: string; readonly reason: string; readonly expires: string } | null;
}

/** Findings that an image inherits from another one in the report are shown there only. */
export function auditText({ images, unknown, blind, advisories }: AuditReport, palette: Palette = PLAIN): string {
  const shown = new Set(images.map(({ image }) => image));
  const parts = images.flatMap((image) => imageText(image, shown, palette));
  const ownFindings = images.flatMap(({ image, findings }) =>
    findings.filter(({ broughtBy }) => broughtBy === image || !shown.has(broughtBy)),
  );
  const reported = ownFindings.filter(({ level, waived }) => waived === null && level !== "ignore");
  const refused = reported.filter(({ level }) => level === "enforce").length;
  const counts = [
    `${refused} refused`,
    `${reported.length - refused} to review`,
    `${ownFindings.filter(({ waived }) => waived !== null).length} accepted`,
    `${ownFindings.filter(({ waived, level }) => waived === null && level === "ignore").length} ignored`,
  ].filter((text) => !text.startsWith("0 "));
  const known = images.filter(({ from }) => from !== "unknown").length;
  const summary = ownFindings.length === 0 ? "nothing is known to be vulnerable" : counts.join(", ");
  const newest = advisories.newest === "" ? "" : `, the newest of ${advisories.newest}`;
  return [
    ...parts,
    `${plural(known, "image")}: ${summary} (${plural(advisories.count, "advisory", "advisories")}${newest})`,
    ...unknownContents(unknown),
    ...blind.map((what) => `Not checked: ${printable(what)}`),
    "",
  ].join("\n");
}

function imageText(
  { image, version, from, findings }: AuditReportImage,
  shown: ReadonlySet<string>,
  palette: Palette,
): string[] {
  const isElsewhere = ({ broughtBy }: AuditReportFinding) => broughtBy !== image && shown.has(broughtBy);
  const reported = findings.filter(({ level }) => level !== "ignore");
  const ownFindings = reported.filter((finding) => !isElsewhere(finding));
  const inherited = reported.filter((finding) => isElsewhere(finding) && finding.waived === null);
  if (ownFindings.length + inherited.length === 0) return [];
  const source = from === "lock" ? ", by slipway.lock" : from === "unknown" ? ", as far as it is known" : "";
  const sources = [...new Set(inherited.map(({ broughtBy }) => broughtBy))];
  return [
    `${palette.image(image)} ${version}${source}`,
    ...(ownFindings.length > 0 ? [table(ownFindings.map((finding) => rowOf(finding, image, palette)))] : []),
    ...(inherited.length > 0 ? [`  and ${inherited.length} from ${sources.join(", ")}`] : []),
    "",
  ];
}

function rowOf(
  { level, rating, id, package: found, fixedIn, waived, broughtBy, at }: AuditReportFinding,
  image: string,
  palette: Palette,
) {
  const verdict = waived === null ? (level === "enforce" ? palette.failure("refused") : "") : "accepted";
  const more = waived === null ? "" : `  until ${waived.expires}, ${waived.owner}`;
  return [
    rating,
    verdict,
    id,
    printable(`${found.name} ${found.version}`),
    fixedIn === null ? "no fix yet" : printable(`fixed in ${fixedIn}`),
    `${broughtBy === image ? "" : `${broughtBy}, `}${at}${more}`,
  ];
}
