import type { Body, ModuleDefinition, ModuleRequest } from "../model/definition.js";
import { type Diagnostic, errorAt } from "../model/diagnostic.js";
import { nearest } from "../model/nearest.js";

type Modules = ReadonlyMap<string, readonly ModuleDefinition[]>;

export interface ResolvedBodies {
  /** The bodies of modules, dependencies first, each once; the body itself is the last. */
  readonly bodies: readonly [...Body[], Body];
  /** If there is an error, modules are missing from `bodies`. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Resolves all modules that a body names, directly or through others: depth first, dependencies first, in order of declaration.
 * `owner` is the name with which a path of modules begins in messages.
 */
export function resolveModules(body: Body, owner: string, modules: Modules): ResolvedBodies {
  if (body.modules.length === 0) return { bodies: [body], diagnostics: [] };
  const resolver = new Resolver(modules, body.modules);
  resolver.visit(body, owner);
  return { bodies: [...resolver.bodies, body], diagnostics: resolver.diagnostics };
}

/** The path from an image to a module: names, the last one first. */
interface Way {
  readonly name: string;
  readonly above: Way | undefined;
}

interface Chosen {
  readonly module: ModuleDefinition;
  readonly way: Way;
}

/** A body whose requests are being resolved. */
interface Frame {
  readonly body: Body;
  readonly way: Way;
  /** The next of its requests. */
  next: number;
}

class Resolver {
  readonly bodies: ModuleDefinition[] = [];
  readonly diagnostics: Diagnostic[] = [];
  readonly #chosen = new Map<string, Chosen>();
  /** The modules on the path to the current body. */
  readonly #open = new Set<string>();
  /** The versions that the image itself requests decide for all modules that give none. */
  readonly #asked: ReadonlyMap<string, string>;

  constructor(
    readonly modules: Modules,
    requests: readonly ModuleRequest[],
  ) {
    this.#asked = new Map(requests.flatMap(({ name, version }) => (version === undefined ? [] : [[name, version]])));
  }

  /** Nothing recurses, so depth has no limit. */
  visit(body: Body, owner: string): void {
    const frames: Frame[] = [{ body, way: { name: owner, above: undefined }, next: 0 }];
    for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
      const request = frame.body.modules[frame.next++];
      if (request !== undefined) {
        const choice = this.#choose(request, frame);
        if (choice !== undefined) frames.push({ body: choice.module, way: choice.way, next: 0 });
        continue;
      }
      frames.pop();
      if (frames.length === 0) return;
      this.#open.delete(frame.way.name);
      this.bodies.push(frame.body as ModuleDefinition);
    }
  }

  /** The module that a request adds; undefined: it is already there, or there is a problem. */
  #choose(request: ModuleRequest, { body, way: above }: Frame): Chosen | undefined {
    const { name } = request;
    const way = { name, above };
    const module = this.#find(request, body, way);
    if (module === undefined) return undefined;
    const chosen = this.#chosen.get(name);
    const choice = { module, way };
    if (this.#open.has(name)) this.#cycle(request, body, way);
    else if (chosen !== undefined) {
      if (chosen.module !== module) this.#conflict(request, body, [chosen, choice]);
    } else {
      this.#chosen.set(name, choice);
      this.#open.add(name);
      return choice;
    }
    return undefined;
  }

  /** undefined: there is none, and that has been reported. */
  #find({ name, version, pointer }: ModuleRequest, { source }: Body, way: Way) {
    const versions = this.modules.get(name) ?? [];
    const wanted = version ?? this.#asked.get(name);
    const match =
      wanted === undefined
        ? (this.#chosen.get(name)?.module ?? (versions.length === 1 ? versions[0] : undefined))
        : versions.find((module) => module.version === wanted);
    if (match !== undefined) return match;
    const known = versions.map((module) => module.version).join(", ");
    // Without the image's name, because many images may have the wrong module.
    const [, ...names] = namesOf(way);
    const via = names.length > 1 ? ` (${names.join(" → ")})` : "";
    if (versions.length === 0) {
      const near = nearest(name, this.modules.keys());
      const hint = near ? `did you mean \`${near}\`?` : "modules are catalog/modules/…/module.yaml";
      this.diagnostics.push(
        errorAt(source.at(pointer), "unknown-module", `no module is named \`${name}\`${via}`, hint),
      );
    } else if (wanted === undefined) {
      const message = `the module \`${name}\` has several versions${via}`;
      this.diagnostics.push(errorAt(source.at(pointer), "module-version", message, `say which: ${known}`));
    } else {
      const message = `there is no version ${wanted} of the module \`${name}\`${via}`;
      this.diagnostics.push(errorAt(source.at(pointer), "unknown-module", message, `its versions are ${known}`));
    }
    return undefined;
  }

  #cycle({ name, pointer }: ModuleRequest, { source }: Body, way: Way): void {
    const names = namesOf(way);
    // The first name is that of the image.
    const circle = names.slice(names.indexOf(name, 1)).join(" → ");
    const hint = "one of these must do without the next";
    this.diagnostics.push(errorAt(source.at(pointer), "module-cycle", `a module cannot need itself: ${circle}`, hint));
  }

  #conflict({ name, pointer }: ModuleRequest, { source }: Body, both: readonly Chosen[]): void {
    const versions = both.map(({ module, way }) => `${module.version} (${namesOf(way).join(" → ")})`);
    const message = `two versions of the module \`${name}\`: ${versions.join(" and ")}`;
    const hint = "an image can have one version of a module only";
    this.diagnostics.push(errorAt(source.at(pointer), "module-conflict", message, hint));
  }
}

function namesOf(way: Way): readonly string[] {
  const names: string[] = [];
  for (let at: Way | undefined = way; at !== undefined; at = at.above) names.push(at.name);
  return names.reverse();
}
