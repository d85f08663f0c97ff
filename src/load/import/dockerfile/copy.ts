import { posix } from "node:path";
import * as addressForm from "../../kinds/schema/forms/addresses.js";
import * as pathForm from "../../kinds/schema/forms/paths.js";
import * as personForm from "../../kinds/schema/forms/people.js";
import { copyNearby } from "../copying.js";
import { fits } from "../fits.js";
import { globMatcher } from "../glob.js";
import { mapping, type NativeMapping, type NativeValue } from "../native.js";
import { absolute, beside, lastPart } from "../paths.js";
import { type DockerfileInstruction, hereDocuments } from "./instructions.js";
import { type DockerTools, expand, overtake, type StageState } from "./stage.js";
import { jsonWords, splitWords } from "./words.js";

/** Directories that every operating system has: a file copied to one of them keeps its name. */
const DIRECTORIES = new Set(
  "/ /bin /etc /home /lib /media /mnt /opt /root /run /sbin /srv /tmp /usr /usr/bin /usr/lib /usr/local /usr/local/bin /usr/local/lib /usr/local/sbin /usr/sbin /usr/share /var /var/lib /var/log /var/tmp /etc/ssl/certs".split(
    " ",
  ),
);

/** Archives that ADD unpacks. */
const ARCHIVE = /\.(?:tar|tar\.gz|tgz|tar\.bz2|tbz2?|tar\.xz|txz|tar\.zst)$/;

interface Copying {
  readonly instruction: DockerfileInstruction;
  readonly state: StageState;
  readonly tools: DockerTools;
  /** Where it goes, absolute. */
  readonly dest: string;
  readonly isDirectory: boolean;
  readonly owner: string | undefined;
  readonly mode: string | undefined;
}

/** COPY and ADD. */
export function readCopy(instruction: DockerfileInstruction, state: StageState, tools: DockerTools): void {
  const { keyword, flags, place } = instruction;
  const { notes } = tools;
  const here = hereDocuments(instruction.text);
  const words = (
    jsonWords(here?.head ?? instruction.text) ?? splitWords(here?.head ?? instruction.text, tools.escapeChar)
  ).map((word) => expand(word, state, place, tools));
  const last = words.pop();
  if (last === undefined || words.length === 0) {
    notes.error(place, `${keyword} needs a source and a destination`);
    return;
  }
  overtake(keyword, place, state, notes);
  const { workdir } = state;
  if (!last.startsWith("/") && workdir === undefined)
    notes.warning(place, `\`${last}\` is taken to be below /: which directory the base works in is not known here`);
  const dest = absolute(last, workdir);
  const isDirectory = /(?:^|\/)\.?$/.test(last) || words.length > 1 || dest === workdir || DIRECTORIES.has(dest);
  const copying = { instruction, state, tools, dest, isDirectory, ...permissions(instruction, state, tools) };
  if (!fits(pathForm.ABSOLUTE_PATH, dest)) {
    notes.warning(
      place,
      `${keyword} to \`${dest}\` is not carried over: it must be ${pathForm.ABSOLUTE_PATH.patternErrorMessage}`,
    );
    return;
  }
  if (here !== undefined) for (const document of here.documents) addHere(copying, document, words.length === 1);
  const image = flags.find(({ name }) => name === "from");
  const sources = here === undefined ? words : words.filter((word) => !word.startsWith("<<"));
  for (const source of sources) {
    if (image !== undefined) addFromStage(copying, source, expand(image.value, state, image.place, tools));
    else if (keyword === "ADD" && /^(?:https?|ftp|git|ssh):|^git@|\.git(?:#|$)/.test(source))
      addDownload(copying, source);
    else addFiles(copying, source);
  }
}

function permissions({ flags, keyword }: DockerfileInstruction, state: StageState, tools: DockerTools) {
  let owner: string | undefined;
  let mode: string | undefined;
  for (const { name, value, place } of flags) {
    const text = expand(value, state, place, tools);
    if (name === "chown" && fits(personForm.OWNER, text)) owner = text;
    else if (name === "chmod" && fits(pathForm.FILE_MODE, text)) mode = text.padStart(4, "0");
    else if (name === "link") tools.notes.note(place, "`--link` is left out: it is about layers");
    else if (name !== "from" && !(name === "checksum" && keyword === "ADD"))
      tools.notes.warning(place, `\`--${name}=${value}\` is not carried over`);
  }
  return { owner, mode };
}

function add({ state, owner, mode }: Copying, what: NativeMapping): void {
  const fields: Record<string, NativeValue | undefined> = { ...Object.fromEntries(what), owner, mode };
  state.body.artifacts.push(mapping(fields));
}

/** Where one file goes: a new name, or its own name in a directory. */
const placed = ({ dest, isDirectory }: Copying, name: string) =>
  isDirectory ? { dest, to: dest === "/" ? `/${name}` : `${dest}/${name}` } : { target: dest, to: dest };

function addFiles(copying: Copying, source: string): void {
  const { instruction, tools, state } = copying;
  const { place, keyword } = instruction;
  const { document, notes, folder, imported, isIgnored } = tools;
  const all = expandPattern(source.replace(/^\/+/, "") || ".", copying);
  for (const path of all) {
    const request = { path, folder, place, isIgnored };
    const copied = copyNearby(request, { files: document.files, imported, notes });
    if (copied === undefined) continue;
    if (keyword === "ADD" && ARCHIVE.test(path))
      notes.warning(place, `\`${path}\` is copied and not unpacked`, "unpack it in setup, or copy what is in it");
    const from = beside(path) ?? path;
    if (copied.kind === "directory") {
      add(copying, mapping({ path: copied.path, dest: copying.dest }));
      state.copied.push({ from, to: copying.dest, isDirectory: true });
      state.directories.add(copying.dest);
    } else {
      const { to, ...where } = placed(copying, lastPart(path));
      add(copying, mapping({ path: copied.path, ...where }));
      state.copied.push({ from, to, isDirectory: false });
      state.directories.add(posix.dirname(to));
    }
  }
}

/** The paths that a pattern matches now; files that are added later are not copied. */
function expandPattern(source: string, { instruction, tools }: Copying): readonly string[] {
  const path = beside(source);
  if (path === undefined || !/[*?[]/.test(path)) return [source];
  const { files } = tools.document;
  const depth = path.split("/").length;
  const matches = globMatcher(path);
  const { files: found } = files.below(".");
  const names = new Set(found.map((file) => file.split("/").slice(0, depth).join("/")));
  const matched = [...names].filter((name) => matches(name) && !tools.isIgnored(name));
  const { notes } = tools;
  if (matched.length === 0) notes.error(instruction.place, `no file matches \`${source}\``);
  else
    notes.note(
      instruction.place,
      `\`${source}\` stands for what it matches now: ${matched.slice(0, 5).join(", ")}${matched.length > 5 ? ", …" : ""}`,
    );
  return matched;
}

function addFromStage(copying: Copying, source: string, image: string): void {
  const { instruction, tools, mode } = copying;
  const { place } = instruction;
  const { stages, notes } = tools;
  const name = stages.get(image.toLowerCase()) ?? tools.externalStage(image, place);
  const path = absolute(source);
  if (name === undefined) notes.error(place, `\`${image}\` is neither a stage nor a reference to an image`);
  else if (/[*?[]/.test(path) || !fits(pathForm.ABSOLUTE_PATH, path))
    notes.warning(
      place,
      `\`${source}\` of \`${image}\` is not carried over: patterns are for files of the catalogue`,
      "name each file, or the folder",
    );
  else {
    if (mode !== undefined)
      notes.warning(place, "`--chmod` is not carried over: what is copied of another image keeps its permissions");
    const { to: _, ...where } = placed(copying, lastPart(path));
    add({ ...copying, mode: undefined }, mapping({ image: name, path, ...where }));
  }
}

function addDownload(copying: Copying, source: string): void {
  const { instruction, tools } = copying;
  const { place, flags } = instruction;
  const sum = /^sha256:([0-9a-f]{64})$/.exec(flags.find(({ name }) => name === "checksum")?.value ?? "")?.[1];
  const isFile = /^https?:/.test(source) && !/\.git(?:#|$)/.test(source);
  if (!isFile || sum === undefined || !fits(addressForm.DOWNLOAD_URL, source)) {
    const why = isFile
      ? sum === undefined
        ? "it has no `--checksum=sha256:…`"
        : `it must be ${addressForm.DOWNLOAD_URL.patternErrorMessage}`
      : "it is no file";
    tools.notes.warning(
      place,
      `\`${source}\` is not carried over: ${why}`,
      "download it, and add the `sha256` that sha256sum says",
    );
    return;
  }
  const name = lastPart(source.replace(/[?#].*/, ""));
  const { to: _, ...where } = placed(copying, name);
  add(copying, mapping({ url: source, sha256: sum, ...where }));
}

function addHere(
  copying: Copying,
  document: { name: string; text: string; isLiteral: boolean },
  isOnly: boolean,
): void {
  const { instruction, state, tools, dest, isDirectory } = copying;
  const { place } = instruction;
  const isFile = isOnly && !isDirectory;
  const name = isFile ? lastPart(dest) : document.name;
  const path = `files/${name}`;
  const text = document.isLiteral ? document.text : expandLines(document.text, state, place, tools);
  tools.imported.texts.push({ path: `${tools.folder}/${path}`, text, place });
  const { to: _, ...where } = placed({ ...copying, isDirectory: !isFile }, name);
  add(copying, mapping({ path, ...where }));
}

/** Quotes are text in a here document, variables are not. */
const expandLines = (
  text: string,
  state: StageState,
  place: DockerfileInstruction["place"],
  tools: DockerTools,
): string =>
  text.replace(/\\\$|\$\{[^{}\n]*\}|\$[A-Za-z_][A-Za-z0-9_]*/g, (word) =>
    word === "\\$" ? "$" : expand(word, state, place, tools),
  );
