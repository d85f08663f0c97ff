import type { Digest, ImageName } from "../model/names.js";
import type { RegistryDamage, RegistryRepair } from "../model/registry-check.js";
import { digestTag, FILES, parseReferrers, referrerList } from "./artifact.js";
import type { DistributionClient } from "./distribution-client.js";
import { ACCEPT, isDigest } from "./manifest.js";
import { DistributionState } from "./state-distribution.js";

/**
 * Asks a registry to delete what is damaged: the manifest, with all of its tags, of an image that lacks a part, and the damaged blobs. Many registries
 * refuse that, or keep the bytes until they collect garbage: then it is said what their administrator has to do. Raises RegistryError where
 * the registry cannot be reached.
 */
export async function repairDistribution(
  client: DistributionClient,
  damage: readonly RegistryDamage[],
  signal: AbortSignal,
): Promise<readonly RegistryRepair[]> {
  const groups = new Map<string, RegistryDamage[]>();
  for (const one of damage) {
    const key = `${one.image} ${one.manifest} ${one.tags.join(" ")}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const changed = new Map(damage.flatMap(({ image }) => (image === null ? [] : [[image as ImageName, undefined]])));
  await new DistributionState(client, false).change(changed, signal);
  const repairs: RegistryRepair[] = [];
  for (const group of groups.values()) repairs.push(await repairGroup(client, group, signal));
  return repairs;
}

async function repairGroup(
  client: DistributionClient,
  group: readonly RegistryDamage[],
  signal: AbortSignal,
): Promise<RegistryRepair> {
  const [{ image, tags, manifest }] = group as [RegistryDamage];
  if (image === null) throw new Error("a registry has no index");
  const report = { image, tags, command: image === FILES ? "slipway vendor" : `slipway build ${image}` };
  const remove = (path: string) => deleted(client, { image, path }, signal);
  if (group.every(({ part }) => part === "document" || part === "list of documents")) {
    return { ...report, tags: [], ...(await removeDocuments(client, { image, group, remove }, signal)) };
  }
  if (manifest === null) return { ...report, did: "found nothing to delete: the next build sets its tags", ok: true };
  // Before the manifest, which is what says that they belong to the repository.
  const blobs = group.flatMap(({ blob, kind }) =>
    blob !== null && blob !== manifest && kind !== "missing" ? [blob] : [],
  );
  for (const blob of new Set(blobs)) await remove(`blobs/${blob}`);
  const refused = await remove(`manifests/${manifest}`);
  if (refused === undefined) {
    const rest = blobs.length === 0 ? "" : ": the registry keeps the damaged bytes until it collects garbage";
    return { ...report, did: `deleted its manifest${rest}`, ok: true };
  }
  const did =
    `the registry does not delete (${refused}): its administrator has to delete ${manifest}, or to allow it. ` +
    "Parts that are missing come back with a forced rebuild (rebuild.nonce of the definition)";
  return { ...report, did, ok: false };
}

/** undefined: it is gone; else the status with which the registry refuses. */
async function deleted(
  client: DistributionClient,
  { image, path }: { readonly image: string; readonly path: string },
  signal: AbortSignal,
): Promise<readonly number[] | undefined> {
  const request = { method: "DELETE", url: client.url(image, path), headers: {}, signal } as const;
  const { status } = await client.send("pull,push,delete", image, request);
  return status === 202 || status === 200 || status === 404 ? undefined : [status];
}

interface Documents {
  readonly image: string;
  readonly group: readonly RegistryDamage[];
  readonly remove: (path: string) => Promise<readonly number[] | undefined>;
}

async function removeDocuments(
  client: DistributionClient,
  { image, group, remove }: Documents,
  signal: AbortSignal,
): Promise<Pick<RegistryRepair, "did" | "ok">> {
  const damaged = new Set(group.flatMap(({ document }) => document ?? []));
  // Where the registry lists documents itself, this takes one off its list.
  for (const document of damaged) await remove(`manifests/${document}`);
  const list = group.find(({ part }) => part === "list of documents");
  if (list?.blob) {
    const refused = await remove(`manifests/${list.blob}`);
    if (refused === undefined) return { did: "deleted the damaged list of its documents", ok: true };
    return {
      did: `the registry does not delete (${refused}): its administrator has to delete ${list.blob}`,
      ok: false,
    };
  }
  const subject = group[0]?.manifest;
  if (isDigest(subject)) await shortenList(client, { image, subject, damaged }, signal);
  return { did: "took the damaged documents off its list", ok: true };
}

/** Writes the list without the documents that are damaged, where it is kept under a tag. */
async function shortenList(
  client: DistributionClient,
  {
    image,
    subject,
    damaged,
  }: { readonly image: string; readonly subject: Digest; readonly damaged: ReadonlySet<Digest> },
  signal: AbortSignal,
): Promise<void> {
  const tag = digestTag(subject);
  const answer = await client.get(image, `manifests/${tag}`, { headers: { accept: ACCEPT }, signal });
  if (answer.status !== 200) return;
  const before = parseReferrers(answer.body, `${client.repository(image)}:${tag}`);
  await client.putManifest(image, tag, referrerList(before.filter(({ digest }) => !damaged.has(digest))), signal);
}
