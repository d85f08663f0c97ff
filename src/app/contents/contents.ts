/** What is in images: inventories, documents about them, vulnerabilities, licences, packages, and what one of them affects. */
export { attachedSbom, attachSbom } from "./attachment.js";
export { type AuditOptions, audit, auditFinding, ecosystemsOf, loadAdvisories } from "./audit.js";
export { auditReport } from "./audit-report.js";
export { addedTo, type Below, builtContents, checkBuiltImage, type ImageInventories } from "./built-contents.js";
export type { ContentsOptions, ImageScanner } from "./image-contents.js";
export { impacts } from "./impact.js";
export { inventoryOf, keepInventory, keptInventory, ofExternal, ofImage } from "./inventories.js";
export { packageOverview, type TableOptions } from "./package-overview.js";
export { SBOM_FORMATS, type SbomOptions, sbomOf } from "./sbom.js";
