import type { HostileRow } from "./row.js";

const says = (...diagnostics: readonly string[]) => ({ says: diagnostics });

/** Definitions that are refused, or warned of, before anything runs. */
export const definitionRows: readonly HostileRow[] = [
  ...[
    ["LD_PRELOAD", "/x.so"],
    ["NODE_OPTIONS", "--require=/x"],
    ["BASH_ENV", "/x"],
    ["npm_config_registry", "http://127.0.0.1:9"],
    ["PIP_INDEX_URL", "http://127.0.0.1:9"],
    ["http_proxy", "http://127.0.0.1:9"],
    ["PATH", ".:/usr/bin:/bin"],
  ].map(([name = "", value = ""]): HostileRow => {
    const row = `env-${name.toLowerCase().replaceAll("_", "-")}`;
    return {
      name: row,
      image: { env: { [name]: value } },
      expect: says(`error dangerous-env images/${row}/image.yaml`),
    };
  }),
  {
    name: "base-on-plain",
    image: { kind: "BaseImage", parent: "base-on-plain-below" },
    more: { "base-on-plain-below": {} },
    expect: says("error base-on-image images/base-on-plain/image.yaml"),
  },
  {
    name: "base-copies-plain",
    image: {
      kind: "BaseImage",
      parent: undefined,
      from: "scratch",
      os: "debian",
      artifacts: [{ image: "base-copies-plain-other", path: "/x", target: "/x" }],
    },
    more: { "base-copies-plain-other": {} },
    expect: says("error base-on-image images/base-copies-plain/image.yaml"),
  },
  {
    name: "network-of-machine",
    image: { network: "host" },
    expect: says("error network-host images/network-of-machine/image.yaml"),
  },
  {
    name: "network-of-stage",
    image: {
      stages: [{ name: "s", parent: "python", network: "host" }],
      artifacts: [{ image: "s", path: "/x", target: "/x" }],
    },
    expect: says("error network-host images/network-of-stage/image.yaml"),
  },
  {
    name: "own-package-hosts",
    image: { "package-hosts": ["packages.example.org"] },
    expect: says("error base-only images/own-package-hosts/image.yaml"),
  },
  {
    name: "shell-preloads",
    image: { run: { shell: ["/usr/bin/env", "LD_PRELOAD=/x.so", "/bin/sh", "-c"] } },
    expect: says("error dangerous-env images/shell-preloads/image.yaml"),
  },
  {
    name: "stage-env",
    image: {
      stages: [{ name: "s", parent: "python", env: { PIP_INDEX_URL: "http://127.0.0.1:9" } }],
      artifacts: [{ image: "s", path: "/x", target: "/x" }],
    },
    expect: says("error dangerous-env images/stage-env/image.yaml"),
  },
  {
    name: "command-installs",
    image: { run: { cmd: "pip install flask && flask run" } },
    expect: says("warning installs-at-start images/command-installs/image.yaml"),
  },
  {
    name: "command-sets",
    image: { run: { entrypoint: ["env", "LD_PRELOAD=/x.so", "tool"] } },
    expect: says("warning dangerous-env images/command-sets/image.yaml"),
  },
];
