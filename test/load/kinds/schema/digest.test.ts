import { checkCompiled } from "../../../../src/load/kinds/schema/digest.js";
import { fileKind, KIND_NAMES } from "../../../../src/load/kinds/schema/kinds.js";
import { COMPILED_FROM } from "../../../../src/load/kinds/validators.js";
import { assert, suite } from "../../../support/suite.js";

const test = suite("load/kinds/schema/digest");

test("the validators of this build were compiled from its schemas", () => {
  for (const kind of KIND_NAMES) checkCompiled(fileKind(kind).schema, COMPILED_FROM[kind]);
});

test("a validator that is older than its schema is refused instead of being explained by it", () => {
  const { schema } = fileKind("image");
  const newer = { ...schema, properties: { ...schema.properties, news: { type: "string" } } } as const;
  assert.throws(() => checkCompiled(newer, COMPILED_FROM.image), /the build is stale: .* Image .* `npm run build`/);
});

test.run();
