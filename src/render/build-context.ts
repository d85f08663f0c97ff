/**
 * Where a package manifest is copied to in the image. It stays there: it says what was requested. Each build stage has a place of its
 * own, because the next one may be built on it and install from a manifest of the same name.
 */
export const manifestDirectory = (image: string, stage?: string) =>
  `/usr/local/lib/manifests/${image}${stage === undefined ? "" : `/${stage}`}`;

/** The directory of the build context that holds a stage's package manifest. */
export const manifestContext = (index: number) => `manifests/${index}`;

/** The directory of the build context that holds an artifact's files. */
export const contextDirectory = (index: number) => `artifacts/${index}`;
