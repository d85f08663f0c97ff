/**
 * Anchored allow-lists for everything that has a meaning in a Containerfile. The schema refuses most of the rest earlier, with a better
 * place; these lists are the last defence before text becomes instructions, and they are complete by themselves.
 */
export const ALLOW = {
  /** Repository name components (OCI distribution specification, `name`). */
  imageName: /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/,
  stageName: /^[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*$/,
  /** A reference pinned by digest, without tag. */
  pinnedReference: /^[a-z0-9][a-z0-9.-]*(?::[0-9]{1,5})?(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)+@sha256:[0-9a-f]{64}$/,
  /**
   * Absolute path; no character that a Containerfile expands, quotes or splits at, no space where it would be trimmed, no `..`.
   * Each part ends at a `/` or the end, so that there is one way only to match it: a refusal takes linear time.
   */
  path: /^(?!.*\/\.\.(?:\/|$))\/(?:[A-Za-z0-9_.@%+=:,~-](?:[A-Za-z0-9_.@%+=:,~ -]*[A-Za-z0-9_.@%+=:,~-])?(?:\/|$))*$/,
  envName: /^[A-Za-z_][A-Za-z0-9_]*$/,
  labelName: /^[A-Za-z0-9](?:[A-Za-z0-9._/-]*[A-Za-z0-9])?$/,
  /** user or user:group, names (useradd(8)) or numbers. */
  owner: /^[a-z_0-9][a-z0-9_-]{0,31}(?::[a-z_0-9][a-z0-9_-]{0,31})?$/,
  port: /^[0-9]{1,5}\/(?:tcp|udp|sctp)$/,
  signal: /^(?:SIG[A-Z0-9+-]{1,12}|[0-9]{1,2})$/,
  suite: /^[a-z][a-z0-9-]*$/,
  variant: /^[a-z]+$/,
  repositoryName: /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
  /** `$releasever` and `$basearch` are dnf's; nothing else expands them here. */
  repositoryUrl: /^https?:\/\/[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:\/[A-Za-z0-9._~%+$=,@-]*)*$/,
  releasever: /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
  rpmName: /^[A-Za-z0-9](?:[A-Za-z0-9+._-]*[A-Za-z0-9+_])?$/,
  /** Text without control characters but tab and line feed, and without lone surrogates, which become another character in a file. */
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern refuses them
  lines: /^[^\u0000-\u0008\u000b-\u001f\u007f\u2028\u2029\ud800-\udfff]*$/u,
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern refuses it
  text: /^[^\u0000\ud800-\udfff]*$/u,
} as const;
