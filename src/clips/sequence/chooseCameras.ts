import { describeHeading } from './adjustCamera.ts';
import type { Rig } from './rig.ts';

/** A camera that may be used, and its calibration's place in the rig. */
interface Candidate {
  readonly index: number;
  readonly mount: number;
}

/**
 * Of the cameras with a calibration as many as a network takes, in the order of the calibration. Where there are more, those that look in
 * directions far apart: first the one that looks most nearly ahead, then always the one whose direction is farthest from all chosen.
 * `assigned`: for each camera the place of its calibration in the rig, or null; `isUsable`: whether its pictures can be read.
 */
export function spreadCameras(
  rig: Rig,
  assigned: readonly (number | null)[],
  isUsable: (index: number) => boolean,
  most: number,
): number[] {
  const candidates = assigned.flatMap((mount, index): Candidate[] =>
    mount !== null && rig.cameras[mount] && isUsable(index) ? [{ index, mount }] : [],
  );
  candidates.sort((a, b) => a.mount - b.mount || a.index - b.index);
  if (candidates.length <= most) return candidates.map(({ index }) => index);
  const headings = candidates.map(({ mount }) => describeHeading(rig.cameras[mount]!.egoFromCamera).heading);
  const chosen: number[] = [findBest(headings, (heading) => -turn(heading, 0))];
  while (chosen.length < most) {
    const isTaken = (place: number) => chosen.includes(place);
    const nearest = (heading: number) => Math.min(...chosen.map((place) => turn(heading, headings[place]!)));
    chosen.push(findBest(headings, (heading, place) => (isTaken(place) ? -1 : nearest(heading))));
  }
  return chosen.sort((a, b) => a - b).map((place) => candidates[place]!.index);
}

/** Place of the highest rating; the first of equals, to a thousandth of a degree. */
function findBest(headings: readonly number[], rate: (heading: number, place: number) => number): number {
  const ratings = headings.map(rate);
  const best = Math.max(...ratings);
  return ratings.findIndex((rating) => rating > best - 1e-3);
}

/** Degrees from one heading to another, 0 to 180. */
function turn(a: number, b: number): number {
  return Math.abs(((((a - b + 180) % 360) + 360) % 360) - 180);
}
