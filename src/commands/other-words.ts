/** What people of other tools type, with what does it here. */
interface OtherWords {
  readonly words: string;
  /** The hint: a command of Slipway, or what to do instead of one, and what that does. */
  readonly here: string;
}

/** Commands of Docker, Buildah, BuildKit's bake, Terraform, Turborepo, Cargo, npm, kubectl and Dispatch. */
export const OTHER_COMMANDS: readonly OtherWords[] = [
  { words: "version", here: "slipway --version prints the version" },
  { words: "ls list images ps image get state", here: "slipway status lists the images with their states" },
  { words: "show describe inspect info view", here: "slipway status IMAGE says everything about one image" },
  {
    words: "rebuild up make bake all compile run-many ci",
    here: "slipway build builds, tests and publishes what has changed",
  },
  {
    words: "apply deploy release publish push",
    here: "slipway build publishes what it has built and tested; --registry names where to",
  },
  { words: "check lint vet", here: "slipway validate lists every problem of the catalogue" },
  {
    words: "test",
    here: "slipway build tests each image before it is published; slipway policy test tests the policies",
  },
  { words: "deps dependencies tree affected", here: "slipway graph shows what is built from what" },
  {
    words: "diff changes preview refresh dry-run what-if",
    here: "slipway plan shows what a build would do; slipway plan --base HEAD, what the edits change",
  },
  {
    words: "explain reason reasons",
    here: "slipway why IMAGE explains why an image would be rebuilt, or why it failed",
  },
  { words: "logs log attach", here: "slipway why IMAGE shows the end of a failure's log, and where the log is" },
  {
    words: "rm rmi remove delete del destroy",
    here: "remove the image's folder in images/; slipway plan --base HEAD shows what follows",
  },
  {
    words: "clean prune gc purge cache",
    here: ".slipway/ is all that Slipway keeps here; .slipway/registry has the images, the rest may go",
  },
  { words: "new create start", here: "slipway init starts a catalogue; slipway import FILE makes a definition" },
  {
    words: "add convert migrate",
    here: "slipway import FILE makes a definition from a Dockerfile or an image descriptor",
  },
  { words: "login logout auth", here: "buildah login HOST keeps the credentials of a registry" },
  { words: "run exec shell sh pull", here: "slipway status IMAGE says what to pull; Docker and Podman run it" },
  { words: "format tidy fix", here: "slipway fmt formats the files" },
  { words: "outdated upgrade bump renovate", here: "slipway update --dry-run shows what is newer" },
  { words: "pin freeze vendored", here: "slipway lock records the exact packages of every image" },
  { words: "scan vulns vulnerabilities cve cves scout", here: "slipway audit lists known vulnerabilities" },
  { words: "bom contents", here: "slipway sbom IMAGE lists what is in an image" },
  { words: "licences license licence", here: "slipway licenses lists the licences of everything in the images" },
  {
    words: "search find which",
    here: "slipway packages lists all packages; slipway impact NAME finds the images that have one",
  },
  { words: "dockerfile containerfile print cat config", here: "slipway render IMAGE prints an image's Containerfile" },
  { words: "tag tags", here: "tags follow from `version` and `tags` of a definition; slipway status IMAGE shows them" },
  {
    words: "approve review",
    here: "an approval is a review of the pull request; slipway gate --base main says whose it takes",
  },
  { words: "install setup", here: "slipway doctor says what this machine lacks for building" },
  { words: "schemas", here: "slipway schema lists the kinds of files" },
  { words: "completions autocomplete", here: "slipway completion bash prints the completion of a shell" },
];

interface OtherOption {
  readonly words: string;
  /** The option of ours, where the command has it. */
  readonly option?: string;
  /** Otherwise: what to do. */
  readonly here?: string;
}

export const OTHER_OPTIONS: readonly OtherOption[] = [
  { words: "-v", here: "slipway --version prints the version" },
  { words: "-C -f --file --config --directory --dir --chdir --cwd --root --catalog", option: "--catalogue" },
  { words: "-p --parallel --parallelism --concurrency --max-parallel", option: "--jobs" },
  { words: "-n --dry --check-only --whatif --noop --preview", option: "--dry-run" },
  { words: "-o --output --dest", option: "--out" },
  { words: "-o --output --format -q --quiet --silent", option: "--json" },
  { words: "--filter --select --status --state", option: "--only" },
  { words: "--insecure --no-verify --skip-tls-verify --tls", option: "--tls-verify" },
  { words: "--push --load", here: "a build publishes what it has built and tested; --registry names where to" },
  {
    words: "--no-cache --force --rebuild",
    here: "an image is built again when something in it changes, or the `nonce` of its `rebuild`",
  },
  { words: "-a --all", here: "without names, all images are meant" },
  { words: "-y --yes --auto-approve", here: "leave it out: Slipway never asks" },
  { words: "-t --tag", here: "tags follow from `version` and `tags` of a definition" },
  { words: "--target", here: "name the images after the command" },
];
