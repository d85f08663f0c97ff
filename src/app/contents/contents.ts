/**
 * What is in images: inventories, attached documents, vulnerabilities, licences, packages, and the images that one of these
 * affects.
 */
export { attachedSbom, attachSbom } from "./attachment.js";
export { attachAttribution, attributionChain, cacheAttribution, cachedAttribution } from "./attributions.js";
export { type AuditOptions, audit, auditFinding, ecosystemsOf, loadAdvisories } from "./audit.js";
export { auditReport, isRefused } from "./audit-report.js";
export {
  type BaseContents,
  builtContents,
  checkBuiltImage,
  type ImageInventories,
  packagesAddedBy,
} from "./built-contents.js";
export type { ContentsOptions, ImageScanner } from "./contents-reader.js";
export { impacts } from "./impact.js";
export {
  cachedInventory,
  cacheInventory,
  externalInventoryKey,
  imageInventoryKey,
  inventoryOf,
} from "./inventories.js";
export { packageOverview, type TableOptions } from "./package-overview.js";
export { SBOM_FORMATS, type SbomOptions, sbomOf } from "./sbom.js";
export { explainFile } from "./why-file.js";
