import { FAULTS, type FaultyRegistry, REQUESTS } from "../registry-faults.js";
import type { Random } from "./random.js";
import type { Round } from "./rounds.js";
import { type Site, unclear } from "./site.js";

/** A real registry, and a proxy before it that injects faults. */
export interface Registries {
  /** `127.0.0.1:PORT` of the real one. */
  readonly host: string;
  readonly proxy: FaultyRegistry;
}

/**
 * Faults of a registry, each once or at each such request, while images are published or pulled. Then a run without faults. `round` numbers
 * the rounds: each has repositories of its own.
 */
export async function registryRound(
  site: Site,
  random: Random,
  { host, proxy }: Registries,
  round: number,
): Promise<Round> {
  const registry = [`docker://${proxy.host}/r${round}`, "--tls-verify=false"];
  const run = (images?: readonly string[]) => site.run(site.start({ registry, ...(images && { images }) }));
  proxy.inject(undefined);
  const problems: string[] = [];
  // A parent that is published and not on this machine is pulled.
  if (random.isTrue(0.5)) problems.push(...unclear(await run(["base"]), [0]));
  await site.reset("everything");
  const faults = Array.from({ length: 1 + random.below(4) }, () => ({
    request: random.of(REQUESTS),
    kind: random.of(FAULTS),
  }));
  const isForGood = random.isTrue(0.3);
  proxy.inject(faults, isForGood);
  const disturbed = await run();
  const { injected } = proxy;
  const met = [...proxy.met];
  proxy.inject(undefined);
  problems.push(...unclear(disturbed, [0, 1, 4]), ...(await wrongImages(site, host, round)));
  const last = await run();
  problems.push(...unclear(last, [0]));
  if (last.code === 0) problems.push(...(await wrongImages(site, host, round, true)));
  const names = met.map(({ kind, request }) => `${kind} of ${request}`).join(", ");
  const what = `faults: ${names}, ${isForGood ? "for good" : "once"}, ${injected} times`;
  const told = problems.map((problem) => `${problem}\n${what}`);
  return { faults: met.length, errors: disturbed.code === 0 ? 0 : 1, problems: told };
}

const MANIFEST = "application/vnd.oci.image.manifest.v1+json";

/** Tags whose image is another one than after an undisturbed run; `isComplete`: none may be missing. */
async function wrongImages(site: Site, host: string, round: number, isComplete = false): Promise<string[]> {
  const wrong: string[] = [];
  for (const [ref, expected] of Object.entries(site.expected)) {
    const [name = "", tag = ""] = ref.split(":");
    const url = `http://${host}/v2/r${round}/${name}/manifests/${tag}`;
    const found = await fetch(url, { headers: { accept: MANIFEST } });
    const manifest = (await found.json()) as { config?: { digest: string } };
    if (found.status === 404 && !isComplete) continue;
    if (manifest.config?.digest !== expected.split(" ")[0])
      wrong.push(`${ref} is ${manifest.config?.digest ?? found.status}`);
  }
  return wrong;
}
