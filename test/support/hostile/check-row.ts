import type { BuildResult } from "../../../src/model/plan.js";
import { assert } from "../suite.js";
import type { HostileRow } from "./row.js";

/** Checks how a row ended. `idle`: the ID of an image whose `setup` does nothing. */
export function checkRow(
  { name, expect }: HostileRow,
  results: ReadonlyMap<string, BuildResult>,
  idle: string | undefined,
): void {
  const told = describe(results.get(name));
  if (expect === "clean" || expect === "built") {
    assert.is(results.get(name)?.outcome, "built", told);
    if (expect === "clean") assert.is(results.get(name)?.imageId, idle, "it leaves something in the image");
  } else if ("fails" in expect) {
    assert.is(results.get(name)?.error?.code, "BUILD_FAILED", told);
    assert.match(told, expect.fails);
  } else if ("refused" in expect) {
    const at = expect.image ?? name;
    const place = new RegExp(`^images/${at}/image\\.yaml:\\d+:\\d+: ${expect.refused}: `);
    const { error } = results.get(at) ?? {};
    assert.is(error?.code, "NOT_APPROVED", describe(results.get(at)));
    assert.ok(
      error?.tail?.some((line) => place.test(line)),
      `no ${expect.refused} with a place: ${error?.tail?.join("\n")}`,
    );
    assert.not.match(error?.message ?? "", /\p{Cc}/u, "a name is not shown in one line");
    if (at !== name) assert.is(results.get(name)?.error?.code, "PARENT_FAILED", told);
  }
}

function describe(result: BuildResult | undefined): string {
  if (result === undefined) return "there is no result";
  const { outcome, error } = result;
  return `${outcome} ${error?.code ?? ""} ${error?.message ?? ""}\n${error?.tail?.join("\n") ?? ""}`;
}
