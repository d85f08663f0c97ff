/** What a pull request with updates carries invisibly, so that a later run knows what it was for. */
export interface UpdateMarker {
  readonly group: string;
  /** Hash over the updates; null: it was closed because none of them was left. */
  readonly digest: string | null;
}

const FORM = /<!-- slipway:update v1 group=([a-z0-9-]+) (?:digest=([0-9a-f]+)|overtaken) -->/;

export function updateMarker({ group, digest }: UpdateMarker): string {
  return `<!-- slipway:update v1 group=${group} ${digest === null ? "overtaken" : `digest=${digest}`} -->`;
}

/** undefined: the text carries none. */
export function readUpdateMarker(text: string): UpdateMarker | undefined {
  const match = FORM.exec(text);
  return match === null ? undefined : { group: match[1] ?? "", digest: match[2] ?? null };
}

/** The text with another marker in place of its own. */
export function withUpdateMarker(text: string, marker: UpdateMarker): string {
  return text.replace(FORM, () => updateMarker(marker));
}
