import type { Body, ModuleDefinition, ModuleRequest } from "../model/definition.js";
import { type Diagnostic, errorAt } from "../model/diagnostic.js";
import { nearest } from "../model/nearest.js";

type Modules = ReadonlyMap<string, readonly ModuleDefinition[]>;

export interface ResolvedBodies {
  /** The bodies of modules, dependencies first, each once; the body itself is the last. */
  readonly bodies: readonly [...Body[], Body];
  /** Where there is an error, modules are missing from `bodies`. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * A body with all modules it names, directly or by way of others: depth first, dependencies first, in order of declaration.
 * `owner` is the name that a path of modules begins with in messages.
 */
export function resolveModules(body: Body, owner: string, modules: Modules): ResolvedBodies {
  if (body.modules.length === 0) return { bodies: [body], diagnostics: [] };
  const resolver = new Resolver(modules, body.modules);
  resolver.visit(body, [owner]);
  return { bodies: [...resolver.bodies, body], diagnostics: resolver.diagnostics };
}

interface Chosen {
  readonly module: ModuleDefinition;
  /** From the image to the module. */
  readonly path: readonly string[];
}

class Resolver {
  readonly bodies: ModuleDefinition[] = [];
  readonly diagnostics: Diagnostic[] = [];
  readonly #chosen = new Map<string, Chosen>();
  /** What the image itself asks for decides for all modules that do not say a version. */
  readonly #asked: ReadonlyMap<string, string>;

  constructor(
    readonly modules: Modules,
    requests: readonly ModuleRequest[],
  ) {
    this.#asked = new Map(requests.flatMap(({ name, version }) => (version === undefined ? [] : [[name, version]])));
  }

  visit(body: Body, path: readonly string[]): void {
    for (const request of body.modules) {
      const { name } = request;
      const way = [...path, name];
      const found = this.#find(request, body, way);
      if (found === undefined) continue;
      const chosen = this.#chosen.get(name);
      // The first name on the path is the image's, which is no module.
      if (path.indexOf(name, 1) >= 1) this.#cycle(request, body, way);
      else if (chosen === undefined) {
        this.#chosen.set(name, { module: found, path: way });
        this.visit(found, way);
        this.bodies.push(found);
      } else if (chosen.module !== found) this.#conflict(request, body, { chosen, found, way });
    }
  }

  /** undefined: there is none, which has been reported. */
  #find({ name, version, pointer }: ModuleRequest, { source }: Body, way: readonly string[]) {
    const versions = this.modules.get(name) ?? [];
    const wanted = version ?? this.#asked.get(name);
    const found =
      wanted === undefined
        ? (this.#chosen.get(name)?.module ?? (versions.length === 1 ? versions[0] : undefined))
        : versions.find((module) => module.version === wanted);
    if (found !== undefined) return found;
    const known = versions.map((module) => module.version).join(", ");
    const via = way.length > 2 ? ` (${way.join(" → ")})` : "";
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

  #cycle({ name, pointer }: ModuleRequest, { source }: Body, way: readonly string[]): void {
    const circle = way.slice(way.indexOf(name, 1)).join(" → ");
    const hint = "one of these must do without the next";
    this.diagnostics.push(errorAt(source.at(pointer), "module-cycle", `a module cannot need itself: ${circle}`, hint));
  }

  #conflict(
    { name, pointer }: ModuleRequest,
    { source }: Body,
    {
      chosen,
      found,
      way,
    }: { readonly chosen: Chosen; readonly found: ModuleDefinition; readonly way: readonly string[] },
  ): void {
    const message =
      `two versions of the module \`${name}\`: ` +
      `${chosen.module.version} (${chosen.path.join(" → ")}) and ${found.version} (${way.join(" → ")})`;
    const hint = "an image can have one version of a module only";
    this.diagnostics.push(errorAt(source.at(pointer), "module-conflict", message, hint));
  }
}
