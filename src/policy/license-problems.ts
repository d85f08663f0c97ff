import type { Catalogue } from "../model/catalogue.js";
import { type Diagnostic, errorAt } from "../model/diagnostic.js";
import { readExpression } from "./license-expression.js";
import { namedLicense } from "./license-names.js";

/** Problems of the licence policy itself: a mistyped identifier on the deny list would deny nothing. */
export function licenseProblems({ policies }: Catalogue): Diagnostic[] {
  const policy = policies?.licenses;
  if (policy === undefined) return [];
  const { source, allow, deny, declared } = policy;
  const named = [
    ...allow.map((text, index) => ({ text, pointer: `/allow/${index}` })),
    ...deny.map((text, index) => ({ text, pointer: `/deny/${index}` })),
    ...declared.map(({ license, pointer }) => ({ text: license, pointer: `${pointer}/license` })),
  ];
  return named.flatMap(({ text, pointer }) => {
    if (text.includes("*") || readExpression(text) !== undefined) return [];
    const near = namedLicense(text)?.id;
    const hint =
      near === undefined ? "see spdx.org/licenses; of one's own: `LicenseRef-…`" : `did you mean \`${near}\`?`;
    return [errorAt(source.at(pointer), "license-expression", `SPDX has no licence ${JSON.stringify(text)}`, hint)];
  });
}
