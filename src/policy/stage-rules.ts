import type { Body, Command } from "../model/definition.js";
import { type Diagnostic, errorAt } from "../model/diagnostic.js";
import type { DiagnosticCode } from "../model/diagnostic-codes.js";
import type { Stage } from "../model/graph.js";
import type { Managers } from "../model/package-syntax.js";

/** A rule for build stages and images alike: finds the problems that its bodies and what it starts from show. */
export type StageRule = (stage: Stage, managers: Managers) => readonly Diagnostic[];

const MISMATCH = { language: "language-mismatch", os: "os-mismatch" } as const;

/** A language and an operating system are given once and inherited: a child may repeat them, not change them. */
const agrees: StageRule = ({ os, language, base, inherited, bodies }) => {
  // The definition alone says which system a bootstrap makes.
  if (base.type === "bootstrap") return [];
  const { source, pointer } = bodies.at(-1) as Body;
  const isImage = base.type === "image" || base.type === "stage";
  const own = { language, os };
  return (["language", "os"] as const).flatMap((field) => {
    const before = inherited[field];
    if (own[field] === before || own[field] === undefined || (before === undefined && inherited.unknown)) return [];
    // A child may add a language to a parent without one, but no word adds an operating system.
    if (before === undefined && (field === "language" || !isImage)) return [];
    const message = `${field} ${JSON.stringify(own[field])} does not agree with the parent's (${before ?? "none"})`;
    const hint = `leave \`${field}\` out to inherit it`;
    return [errorAt(source.at(`${pointer}/${field}`), MISMATCH[field], message, hint)];
  });
};

/** The hint for a missing operating system: an external base may have one that nothing names. */
function systemHint({ base }: Stage): string {
  if (base.type === "external")
    return `say which one ${base.base.ref} has: \`os: …\` at its entry of catalog/bases.yaml`;
  return "derive from an image that has one";
}

const systemPackages: StageRule = (stage, managers) => {
  const { os, bodies } = stage;
  return bodies.flatMap(({ systemPackages: requests, systemPackagesKey: key, source, pointer }) => {
    if (requests.length === 0) return [];
    const wrong = (code: DiagnosticCode, message: string, hint: string) => [
      errorAt(source.at(`${pointer}/${key}`, "key"), code, message, hint),
    ];
    if (os === undefined) {
      if (stage.unknown) return [];
      const hint = key === "photon-packages" ? "write `os: photon` in the base image" : systemHint(stage);
      return wrong("no-os", "there is no operating system to install packages on", hint);
    }
    if (key === "photon-packages" && os !== "photon")
      return wrong("os-mismatch", `\`photon-packages\` on an image of ${os}`, "write `system-packages`");
    if (managers.find("system", os) !== undefined) return [];
    return wrong(
      "no-package-manager",
      `Slipway does not know what installs packages on ${os}`,
      `write \`manager: apt\`, \`dnf\`, \`tdnf\` or \`apk\` in catalog/system/${os}.yaml`,
    );
  });
};

/** Packages of a bootstrap are approved by the list of its system, so its manager must be the system's. */
const bootstrapManager: StageRule = ({ os, base, bodies }, managers) => {
  if (base.type !== "bootstrap") return [];
  const { source } = bodies.at(-1) as Body;
  const { manager, packages } = base.bootstrap;
  if (os === undefined) {
    const hint = "write the system's name, for instance `os: photon`";
    return [errorAt(source.at("/bootstrap", "key"), "no-os", `a bootstrap by ${manager} needs an \`os\``, hint)];
  }
  const system = managers.find("system", os);
  if (packages.length === 0 || (manager === "apt" ? ["apt"] : ["dnf", "tdnf"]).includes(system?.name ?? "")) return [];
  const message = `the packages of ${os} are ${system ? `installed by ${system.name}` : "unknown"}, not by ${manager}`;
  const hint = system ? "write another `os`" : `write \`manager: ${manager}\` in catalog/system/${os}.yaml`;
  return [errorAt(source.at("/bootstrap/manager"), "bootstrap-manager", message, hint)];
};

const runtimePackages: StageRule = (stage, managers) => {
  const { language, os, bodies } = stage;
  return bodies.flatMap(({ runtimePackages: requests, runtimeManifest, source, pointer }) => {
    if (requests.length === 0 && runtimeManifest === undefined) return [];
    const key = requests.length === 0 ? "runtime-manifest" : "runtime-packages";
    const at = () => source.at(`${pointer}/${key}`, "key");
    if (language === undefined) {
      const hint = "write `language: python3`, or derive from an image that has one";
      return [errorAt(at(), "no-language", `\`${key}\` needs a \`language\``, hint)];
    }
    if (managers.find("runtime", language) === undefined) {
      const message = `there is no package manager for ${language}`;
      const hint = `Slipway has ${managers.scopes("runtime").join(", ")}; a catalogue adds others in catalog/languages`;
      return [errorAt(at(), "no-package-manager", message, hint)];
    }
    if (os !== undefined || stage.unknown) return [];
    return [errorAt(at(), "no-os", "there is no operating system to install packages on", systemHint(stage))];
  });
};

/** Without an operating system the only shell that can run a string is one that the definition names. */
const noShell: StageRule = (stage) => {
  const { os, shell, base, bodies } = stage;
  if (os !== undefined || shell !== undefined || stage.unknown) return [];
  const message = "there is no operating system, so no shell to run this";
  const other = base.type === "external" ? systemHint(stage) : "derive from an image with an operating system";
  const hint = `write the command as a list, or ${other}`;
  return bodies.flatMap(({ setup, run, source, pointer }) => {
    const { healthcheck } = run;
    const commands: [string, Command | undefined][] = [
      ...setup.map((command, index): [string, Command] => [`/setup/${index}`, command]),
      ["/run/entrypoint", run.entrypoint],
      ["/run/cmd", run.cmd],
      ["/run/healthcheck/command", healthcheck?.type === "command" ? healthcheck.command : undefined],
    ];
    return commands.flatMap(([place, command]) =>
      command?.form === "shell" ? [errorAt(source.at(pointer + place), "no-shell", message, hint)] : [],
    );
  });
};

/** User names are looked up in the image's /etc/passwd, which comes with an operating system. */
const namedOwners: StageRule = ({ os, unknown, bodies }) => {
  if (os !== undefined || unknown) return [];
  return bodies.flatMap(({ artifacts, source }) =>
    artifacts.flatMap(({ owner = "0", pointer }) => {
      if (/^[0-9]+(?::[0-9]+)?$/.test(owner)) return [];
      const message = `there is no operating system, so the user \`${owner}\` is not known`;
      return [
        errorAt(
          source.at(`${pointer}/owner`),
          "no-os",
          message,
          "write the owner as numbers, for instance `1000:1000`",
        ),
      ];
    }),
  );
};

/** A variable that refers to itself as in a Dockerfile: `PATH=/opt/bin:$PATH` would be a PATH without the usual directories. */
const selfReference: StageRule = ({ bodies }) =>
  bodies.flatMap(({ env, source, pointer }) =>
    env.flatMap(({ name, value }): Diagnostic[] => {
      if (!value.includes("$")) return [];
      const reference = new RegExp(`\\$(?:${name}(?![A-Za-z0-9_])|\\{${name}\\b)`).exec(value);
      if (reference === null) return [];
      const message = `the value of \`${name}\` refers to \`${name}\` itself, which is not replaced`;
      const place = source.at(`${pointer}/env/${name}`);
      return [{ ...errorAt(place, "env-reference", message, "write the whole value"), severity: "warning" }];
    }),
  );

export const STAGE_RULES: readonly StageRule[] = [
  agrees,
  systemPackages,
  bootstrapManager,
  runtimePackages,
  noShell,
  namedOwners,
  selfReference,
];
