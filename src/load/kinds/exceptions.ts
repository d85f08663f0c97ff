import { type Diagnostic, errorAt } from "../../model/diagnostic.js";
import { isAboutPackages, type WaivableRule } from "../../model/diagnostic-codes.js";
import type { Exception } from "../../model/exceptions.js";
import type { ImageName } from "../../model/names.js";
import { quote } from "../../model/quote.js";
import type { YamlSource } from "../yaml/source.js";
import { isDay } from "./day.js";
import type { FileOf } from "./schema/file-types.js";

import { asMapping, asText, optional, type Read, readList } from "./value.js";

/** Reads policies/exceptions.yaml. */
export function readExceptions(value: FileOf<"exceptions">, source: YamlSource): Read<readonly Exception[]> {
  const diagnostics: Diagnostic[] = [];
  const result = readList(asMapping(value).exceptions, (entry, index): readonly Exception[] => {
    const { rule, image, owner, reason, expires, ...more } = asMapping(entry);
    const pointer = `/exceptions/${index}`;
    const exception: Exception = {
      rule: asText(rule) as WaivableRule,
      image: asText(image) as ImageName,
      ...optional("package", more.package),
      ...optional("advisory", more.advisory),
      owner: asText(owner),
      reason: asText(reason),
      expires: asText(expires),
      source,
      pointer,
    };
    const problem = exceptionProblem(exception);
    if (problem === undefined) return [exception];
    diagnostics.push(errorAt(source.at(`${pointer}/${problem.at}`), "invalid-value", problem.what));
    return [];
  });
  return { result: result.flat(), diagnostics };
}

function exceptionProblem(exception: Exception): { at: "expires" | "package" | "advisory"; what: string } | undefined {
  const { expires, rule, advisory } = exception;
  if (!isDay(expires)) return { at: "expires", what: `there is no day ${quote(expires)}` };
  if ((advisory !== undefined) !== (rule === "vulnerability")) {
    const what = advisory === undefined ? "`vulnerability` needs an `advisory`" : `\`${rule}\` is not about advisories`;
    return { at: "advisory", what };
  }
  if (exception.package === undefined || isAboutPackages(rule)) return undefined;
  return { at: "package", what: `\`${rule}\` is not about packages` };
}
