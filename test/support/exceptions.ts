import type { Exception } from "../../src/model/exceptions.js";
import { fakeSource, imageName } from "./definitions.js";

/** An exception of the image `a` from `package-not-approved` until the end of 2026. */
export function exception(fields: Partial<Omit<Exception, "image">> & { readonly image?: string } = {}): Exception {
  return {
    rule: "package-not-approved",
    owner: "@alice",
    reason: "because",
    expires: "2026-12-31",
    source: fakeSource("policies/exceptions.yaml"),
    pointer: "/exceptions/0",
    ...fields,
    image: imageName(fields.image ?? "a"),
  };
}
