import type { RegistryDamage, RegistryRepair } from "../model/registry-check.js";
import { digestTag, FILES, parseReferrers, referrerList } from "./artifact.js";
import type { DistributionClient } from "./distribution-client.js";
import { ACCEPT, isDigest } from "./manifest.js";

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
  const remove = async (path: string) => {
    const request = { method: "DELETE", url: client.url(image, path), headers: {}, signal } as const;
    const { status } = await client.send("pull,push", image, request);
    return status === 202 || status === 200 || status === 404 ? undefined : status;
  };
  const isOfDocuments = group.every(({ part }) => part === "document" || part === "list of documents");
  const refusals: number[] = [];
  // Before the manifest, which is what says that they belong to the repository.
  for (const { blob, kind, part } of group) {
    if (blob === null || kind === "missing" || kind === "subject" || blob === manifest) continue;
    const where = part === "manifest" || part === "list of documents" ? "manifests" : "blobs";
    refusals.push(...[(await remove(`${where}/${blob}`)) ?? []].flat());
  }
  const command = image === FILES ? "slipway vendor" : `slipway build ${image}`;
  if (isOfDocuments) {
    await shortenList(client, { image, group }, signal);
    return { image, tags: [], did: "took the damaged documents off its list", command, ok: true };
  }
  const refused = manifest === null ? undefined : await remove(`manifests/${manifest}`);
  if (refused !== undefined) {
    const did =
      `the registry does not delete (${refused}): its administrator has to delete ${manifest}, or to allow it. ` +
      "Parts that are missing come back with a forced rebuild (rebuild.nonce of the definition)";
    return { image, tags, did, command, ok: false };
  }
  const rest = refusals.length === 0 ? "" : "; the registry keeps the damaged bytes until it collects garbage";
  return { image, tags, did: `deleted its manifest${rest}`, command, ok: true };
}

/** Writes the list without the documents that are damaged, where it is kept under a tag. */
async function shortenList(
  client: DistributionClient,
  { image, group }: { readonly image: string; readonly group: readonly RegistryDamage[] },
  signal: AbortSignal,
): Promise<void> {
  const subject = group[0]?.manifest;
  if (!isDigest(subject)) return;
  const tag = digestTag(subject);
  const answer = await client.get(image, `manifests/${tag}`, { headers: { accept: ACCEPT }, signal });
  if (answer.status !== 200) return;
  const damaged = new Set(group.map(({ blob }) => blob));
  const before = parseReferrers(answer.body, `${client.repository(image)}:${tag}`);
  const isOf = ({ digest }: { digest: string }) => group.some(({ found }) => found.includes(digest));
  const list = referrerList(before.filter((entry) => !damaged.has(entry.digest) && !isOf(entry)));
  await client.putManifest(image, tag, list, signal);
}
