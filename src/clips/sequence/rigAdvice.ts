import type { CameraView } from '../../domain/clip.ts';
import { describeHeading } from './adjustCamera.ts';
import { findHorizonRow, type NetworkNeeds } from './imageWindow.ts';

/** What the networks' training images have (nuScenes): heights of 1.49 to 1.60 m, fields of view of 65 and 89 degrees, six cameras all around. */
const trained = { height: [1.1, 2.1], fieldOfView: [45, 105], elevation: 8, roll: 4 } as const;

/** Sectors around the vehicle that people have names for, by the heading of their middle in degrees. */
const sectors: readonly (readonly [string, number])[] = [
  ['ahead', 0],
  ['to the left', 90],
  ['behind', 180],
  ['to the right', -90],
];

type AdvisedView = Pick<CameraView, 'name' | 'width' | 'height' | 'intrinsics' | 'egoFromCamera'>;

/**
 * What it means that these cameras are not those that the network was trained with, one sentence each; nothing where they are alike.
 * `network` is null while no model is open.
 */
export function adviseRig(views: readonly AdvisedView[], network: NetworkNeeds | null): string[] {
  return [...adviseCount(views, network), ...views.flatMap(adviseCamera), ...adviseCoverage(views)];
}

function adviseCount({ length }: readonly AdvisedView[], network: NetworkNeeds | null): string[] {
  if (!network || length === 0 || length >= network.cameras) return [];
  const missing = network.cameras - length;
  return [
    `The network has places for ${network.cameras} cameras; ${missing === 1 ? 'one stays' : `${missing} stay`} empty. ` +
      'An empty place adds nothing: what no camera sees is guessed from what lies around it.',
  ];
}

function adviseCamera(view: AdvisedView): string[] {
  const height = view.egoFromCamera[11]!;
  const fieldOfView = measureFieldOfView(view);
  const { elevation, roll } = describeHeading(view.egoFromCamera);
  const horizon = findHorizonRow(view.intrinsics, view.egoFromCamera);
  const faults: string[] = [];
  if (height < trained.height[0] || height > trained.height[1]) {
    faults.push(`sits ${height.toFixed(2)} m above the ground (training: 1.5 to 1.6 m), so distances will be off`);
  }
  if (fieldOfView < trained.fieldOfView[0] || fieldOfView > trained.fieldOfView[1]) {
    faults.push(`sees ${fieldOfView.toFixed(0)}° (training: 65° and 89°), so sizes look unfamiliar to the network`);
  }
  if (horizon === null || horizon < 0 || horizon >= view.height) faults.push('has no horizon in its image');
  else if (Math.abs(elevation) > trained.elevation)
    faults.push(`looks ${Math.abs(elevation).toFixed(0)}° ${elevation > 0 ? 'up' : 'down'} (training: level)`);
  if (Math.abs(roll) > trained.roll) faults.push(`is rolled by ${Math.abs(roll).toFixed(0)}° (training: upright)`);
  return faults.map((fault) => `${view.name} ${fault}.`);
}

function adviseCoverage(views: readonly AdvisedView[]): string[] {
  if (views.length === 0) return [];
  const blind = sectors
    .filter(([, heading]) => !views.some((view) => seesHeading(view, heading)))
    .map(([name]) => name);
  if (blind.length === 0) return [];
  return [`No camera looks ${blind.join(' or ')}: voxels there are a guess.`];
}

/** Horizontal field of view of a pinhole image, degrees. */
export function measureFieldOfView({ width, intrinsics }: Pick<AdvisedView, 'width' | 'intrinsics'>): number {
  const [fx, cx] = [intrinsics[0]!, intrinsics[2]!];
  return ((Math.atan((cx + 0.5) / fx) + Math.atan((width - 0.5 - cx) / fx)) * 180) / Math.PI;
}

function seesHeading(view: AdvisedView, heading: number): boolean {
  const own = describeHeading(view.egoFromCamera).heading;
  const apart = Math.abs(((heading - own + 540) % 360) - 180);
  return apart <= measureFieldOfView(view) / 2;
}
