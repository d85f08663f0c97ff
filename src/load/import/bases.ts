import { isMap, isSeq, parseDocument, type YAMLMap } from "yaml";
import type { WantedBase } from "./imported.js";
import type { Notes } from "./notes.js";

const NEW_FILE = "kind: Bases\nbases: []\n";

/**
 * Adds the external images that have a digest to the text of catalog/bases.yaml, keeping comments and everything
 * else; undefined: there is nothing to change. An image without a digest cannot be pinned without asking its
 * registry: a note says which line is missing.
 */
export function addBases(text: string | undefined, wanted: readonly WantedBase[], notes: Notes): string | undefined {
  const document = parseDocument(text ?? NEW_FILE);
  const known = new Map<string, unknown>();
  const list = document.get("bases");
  const entries = isSeq(list) ? list.items.filter((item): item is YAMLMap => isMap(item)) : [];
  for (const entry of entries) known.set(String(entry.get("ref")), entry.get("digest"));
  let isChanged = false;
  for (const base of new Map(wanted.map((each) => [each.ref, each])).values()) {
    const pinned = known.get(base.ref);
    if (pinned !== undefined) warnOther(base, pinned, notes);
    else if (base.digest === undefined)
      notes.warning(
        base.place,
        `\`${base.ref}\` has no digest here, and catalog/bases.yaml does not pin it`,
        `an administrator adds to catalog/bases.yaml, ${filledIn(base)} filled in: ${lineFor(base)}`,
      );
    else if (document.errors.length > 0 || (list !== undefined && !isSeq(list) && list !== null))
      notes.error(
        base.place,
        "catalog/bases.yaml cannot be read, so nothing can be added",
        "slipway validate says why",
      );
    else {
      const entry = document.createNode({
        ref: base.ref,
        digest: base.digest,
        ...(base.os === undefined ? {} : { os: base.os }),
      });
      (entry as YAMLMap).flow = true;
      if (isSeq(document.get("bases"))) document.addIn(["bases"], entry);
      else document.set("bases", document.createNode([entry]));
      const now = document.get("bases");
      if (isSeq(now)) now.flow = false;
      isChanged = true;
    }
  }
  return isChanged ? document.toString({ lineWidth: 0 }) : undefined;
}

function warnOther({ ref, digest, place }: WantedBase, pinned: unknown, notes: Notes): void {
  if (digest === undefined || digest === pinned) return;
  notes.warning(place, `catalog/bases.yaml pins another digest of \`${ref}\`; it is left as it is`);
}

/** Without its operating system nothing can be installed on a base, and a policy may refuse it. */
const filledIn = ({ os }: WantedBase) => (os === undefined ? "the digest and the operating system" : "the digest");

const lineFor = ({ ref, os }: WantedBase) => `- { ref: ${ref}, digest: "sha256:…", os: ${os ?? "…"} }`;
