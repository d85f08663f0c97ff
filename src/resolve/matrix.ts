import type { ImageName } from "../model/names.js";

/** Jobs that may run at the same time, each on its own machine. */
export interface MatrixStage {
  readonly include: readonly MatrixJob[];
}

export interface MatrixJob {
  /** Numbered from 1 through all stages. */
  readonly job: string;
  /** Names, separated by spaces. */
  readonly images: string;
}

export interface MatrixInput {
  /** What is to be built, in build order. */
  readonly images: readonly ImageName[];
  readonly parentsOf: (image: ImageName) => readonly ImageName[];
  /** The maximum number of jobs in a stage. */
  readonly jobs: number;
  /** Whether a job finds what an earlier stage built: then images that several jobs need are built once, in a stage before. */
  readonly shared: boolean;
}

/**
 * Spreads a plan over machines. Images that are built from one another go to one job, because only a registry carries an image
 * from one machine to another. With such a registry, images with several children (and all that these are built from) are built in
 * a first stage, and the families that fall apart without them in a second one.
 */
export function matrixStages({ images, parentsOf, jobs, shared }: MatrixInput): MatrixStage[] {
  const all = families(images, parentsOf);
  const trunk = shared && all.length < jobs ? sharedAncestors(images, parentsOf) : new Set<ImageName>();
  const rest = images.filter((image) => !trunk.has(image));
  const stages = [images.filter((image) => trunk.has(image)), rest].filter((part) => part.length > 0);
  // A second stage that is no wider than the first would only wait for it.
  const parts = stages.length === 2 && families(rest, parentsOf).length <= all.length ? [images] : stages;
  let number = 0;
  return (parts.length === 0 ? [[]] : parts).map((part) => ({
    include: pack(families(part, parentsOf), jobs).map((names) => {
      number += 1;
      return { job: String(number), images: names.join(" ") };
    }),
  }));
}

/** The connected components, each in build order, in the order of their first images. */
function families(images: readonly ImageName[], parentsOf: MatrixInput["parentsOf"]): ImageName[][] {
  const leader = new Map<ImageName, ImageName>(images.map((image) => [image, image]));
  const find = (image: ImageName): ImageName => {
    let at = image;
    for (let next = leader.get(at); next !== undefined && next !== at; next = leader.get(at)) at = next;
    leader.set(image, at);
    return at;
  };
  for (const image of images) {
    for (const parent of parentsOf(image)) if (leader.has(parent)) leader.set(find(image), find(parent));
  }
  const members = new Map<ImageName, ImageName[]>();
  for (const image of images) members.set(find(image), [...(members.get(find(image)) ?? []), image]);
  return [...members.values()];
}

/** Images of the plan that several others are built from, with all images of the plan that they are built from themselves. */
function sharedAncestors(images: readonly ImageName[], parentsOf: MatrixInput["parentsOf"]): Set<ImageName> {
  const wanted = new Set(images);
  const children = new Map<ImageName, number>();
  for (const image of images) {
    for (const parent of new Set(parentsOf(image))) children.set(parent, (children.get(parent) ?? 0) + 1);
  }
  const firstStage = new Set<ImageName>();
  // In reverse build order, so that a parent is visited after everything that derives from it.
  for (const image of [...images].reverse()) {
    if ((children.get(image) ?? 0) < 2 && !firstStage.has(image)) continue;
    firstStage.add(image);
    for (const parent of parentsOf(image)) if (wanted.has(parent)) firstStage.add(parent);
  }
  return firstStage;
}

/** Assigns the largest family first, each to the job that has the least so far. */
function pack(all: readonly ImageName[][], jobs: number): ImageName[][] {
  const bins: ImageName[][] = Array.from({ length: Math.min(jobs, all.length) }, () => []);
  for (const family of [...all].sort((a, b) => b.length - a.length)) {
    const least = bins.reduce((best, bin) => (bin.length < best.length ? bin : best));
    least.push(...family);
  }
  return bins;
}
