import { errorAt } from "../model/diagnostic.js";
import type { Rule } from "./rule.js";

/** Every stage with the machine's network needs an exception: there `setup` can fetch what no list approves. */
export const hostNetwork: Rule = ({ node: { name, definition } }) =>
  [...definition.stages, definition].flatMap(({ network, source, pointer }) => {
    if (network !== "host") return [];
    const message = "`network: host` is for administrators to allow";
    const hint = `write \`network: packages\`, or an administrator adds an exception of ${name} from network-host to policies/exceptions.yaml`;
    return [errorAt(source.at(`${pointer}/network`), "network-host", message, hint)];
  });

/** Who may say where packages come from is who answers for base images. */
export const ownPackageHosts: Rule = ({ node: { definition } }) => {
  const { kind, packageHosts, source } = definition;
  if (kind === "BaseImage" || packageHosts === undefined) return [];
  const message = "only a BaseImage may use `package-hosts`";
  const hint = "write it in the base image that this one derives from";
  return [errorAt(source.at("/package-hosts", "key"), "base-only", message, hint)];
};
