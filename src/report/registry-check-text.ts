import type { RegistryCheck, RegistryDamage, RegistryRepair } from "../model/registry-check.js";
import { type Palette, PLAIN } from "./palette.js";
import { printable } from "./printable.js";
import { plural, size, table } from "./text.js";

interface Verified extends RegistryCheck {
  readonly registry: string;
  readonly state: { readonly files: number; readonly damaged: readonly string[] };
  readonly repairs: readonly RegistryRepair[] | null;
}

/** The outcome of `slipway verify --registry`. */
export function registryCheckText(verified: Verified, palette: Palette = PLAIN): string {
  const { damage, state, repairs, unreferenced } = verified;
  const found = damage.length + state.damaged.length;
  const verdict = found === 0 ? palette.success("whole") : palette.failure(`${plural(found, "part")} damaged`);
  const lines = [`${printable(verified.registry)}: ${verdict}`, table(countRows(verified))];
  if (unreferenced && unreferenced.blobs > 0) {
    const { blobs, bytes } = unreferenced;
    lines.push(
      palette.faint(`  ${plural(blobs, "blob")} that nothing names (${size(bytes)}) take room and harm nothing`),
    );
  }
  if (found > 0) {
    lines.push(
      "",
      table([
        ...damage.map((one) => damageRow(one, palette)),
        ...state.damaged.map((file) => [file, "has other bytes"]),
      ]),
    );
  }
  if (repairs !== null) lines.push("", "Repaired:", table(repairs.map((one) => repairRow(one, palette))));
  else if (found > 0)
    lines.push("", "`slipway verify --registry --repair` removes what is damaged, so that it is made anew.");
  return `${lines.join("\n")}\n`;
}

function countRows({ counts, state }: Verified): string[][] {
  const { tags, images, documents, files, blobs, bytes } = counts;
  return [
    [
      `${plural(tags, "tag")}, ${plural(images, "image")}, ${plural(documents, "document")}, ${plural(files, "package file")}`,
    ],
    [`${plural(blobs, "blob")} read (${size(bytes)}), ${plural(state.files, "file")} of the state`],
  ];
}

/** Tags of one image that are shown; the JSON has all. */
const SHOWN = 3;

function damageRow({ image, tags, part, blob, found }: RegistryDamage, palette: Palette): string[] {
  const shown = tags.slice(0, SHOWN).map((tag) => (/^[kt]-[0-9a-f]{64}$/.test(tag) ? tag.slice(0, 10) : tag));
  const rest = tags.length > SHOWN ? [`+${tags.length - SHOWN}`] : [];
  return [
    palette.image(printable(image ?? "-")),
    printable([...shown, ...rest].join(" ")),
    part,
    printable(blob === null ? found : `${blob.slice(0, 19)} ${found}`),
  ];
}

function repairRow({ image, did, command, ok }: RegistryRepair, palette: Palette): string[] {
  const next = command === null ? "nothing makes it again: it is not in the catalogue" : command;
  return [
    ok ? palette.success("done") : palette.failure("refused"),
    palette.image(printable(image ?? "-")),
    printable(did),
    next,
  ];
}
