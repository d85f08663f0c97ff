import type { Finding } from "../../model/finding.js";
import { plural } from "../../report/text.js";
import type { Leftovers } from "../../run/clean-up.js";

/** What `doctor` says of what killed runs have left behind. */
export function leftFindings({ containers, orphans, images, directories, damage }: Leftovers): readonly Finding[] {
  if (damage !== undefined)
    return [{ what: "storage", ok: true, found: damage, advice: "the next `slipway build` makes it anew" }];
  const found = [
    containers.length > 0 ? plural(containers.length, "container") : [],
    orphans.length > 0 ? plural(orphans.length, "container of an OCI runtime", "containers of an OCI runtime") : [],
    images.length > 0 ? plural(images.length, "unfinished image") : [],
    directories.length > 0 ? plural(directories.length, "directory", "directories") : [],
  ].flat();
  if (found.length === 0) return [];
  const advice = "by runs that were killed; the next `slipway build` removes it";
  return [{ what: "left behind", ok: true, found: found.join(", "), advice }];
}
