import { OccuscopeError } from '../../errors/catalogue.ts';
import { adjustCamera, noAdjustment } from './adjustCamera.ts';
import { scaleIntrinsics } from './imageWindow.ts';
import { assumedCameraHeight, lookAhead, type Rig, type RigCamera } from './rig.ts';

/** For each camera of the images the calibration that seems to be its own, or null. */
export function matchCameras(names: readonly string[], rig: Rig): (number | null)[] {
  const own = rig.cameras.map(({ name }) => simplify(name));
  const byName = names.map((name) => {
    const index = own.indexOf(simplify(name));
    return index < 0 ? null : index;
  });
  if (byName.some((index) => index !== null)) return byName;
  // One camera and one calibration belong together whatever they are called.
  return names.length === 1 && own.length === 1 ? [0] : byName;
}

/** `CAM_FRONT_LEFT`, `cam-front-left` and `front_left` are one name; so are `image_02` and `image_2`. */
function simplify(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .replace(/^(?:camera|cam)(?=[a-z])/, '')
    .replace(/(?<!\d)0+(?=\d)/g, '');
}

/**
 * The calibration for images of this size: intrinsics are scaled where images are a scaled copy of those that were calibrated.
 * Throws `calibration-invalid` where the shape differs, since nobody knows what was cut off.
 */
export function fitCamera(
  camera: RigCamera,
  size: { readonly width: number; readonly height: number },
): { camera: RigCamera; note: string | null } {
  const known = camera.size;
  if (!known || (known.width === size.width && known.height === size.height))
    return { camera: { ...camera, size }, note: null };
  const [scaleX, scaleY] = [size.width / known.width, size.height / known.height];
  if (Math.abs(scaleX / scaleY - 1) > 0.01) {
    const detail = `${camera.name}: the images are ${size.width} x ${size.height}, the calibration is for ${known.width} x ${known.height}.`;
    throw new OccuscopeError('calibration-invalid', { detail });
  }
  return {
    camera: { ...camera, size, intrinsics: scaleIntrinsics(camera.intrinsics, scaleX, scaleY) },
    note: `${camera.name}: the calibration is for ${known.width} x ${known.height}; it was scaled to ${size.width} x ${size.height}.`,
  };
}

/** Headings that names speak of, degrees to the left. */
const namedHeadings: readonly (readonly [RegExp, number])[] = [
  [/front.*left|left.*front/, 55],
  [/front.*right|right.*front/, -55],
  [/(?:back|rear).*left|left.*(?:back|rear)/, 110],
  [/(?:back|rear).*right|right.*(?:back|rear)/, -110],
  [/front|forward/, 0],
  [/back|rear/, 180],
  [/left/, 90],
  [/right/, -90],
];

/** Field of view of a camera about which nothing is known, degrees. */
const guessedFieldOfView = 70;

/**
 * A calibration to start the editor from where there is none: headings by the names, a common lens, the usual height.
 * It measures nothing, and its note says so.
 */
export function guessRig(
  cameras: readonly { readonly name: string; readonly size: { readonly width: number; readonly height: number } }[],
): Rig {
  return {
    format: 'a guess',
    egoFromLidar: null,
    notes: [
      `There is no calibration. Headings are guessed from names, lenses are taken to see ${guessedFieldOfView}°, heights to be ${assumedCameraHeight} m: ` +
        'nothing predicted can be trusted until the grid lies on the road in the calibration editor.',
    ],
    cameras: cameras.map(({ name, size }) => {
      const focal = size.width / 2 / Math.tan((guessedFieldOfView * Math.PI) / 360);
      const yaw = namedHeadings.find(([expression]) => expression.test(name.toLowerCase()))?.[1] ?? 0;
      const [x, y] = [1.2 * Math.cos((yaw * Math.PI) / 180), 0.4 * Math.sin((yaw * Math.PI) / 180)];
      const ahead: RigCamera = {
        name,
        size,
        intrinsics: Float64Array.of(focal, 0, (size.width - 1) / 2, 0, focal, (size.height - 1) / 2, 0, 0, 1),
        distortion: null,
        egoFromCamera: lookAhead(x, y, assumedCameraHeight),
      };
      return adjustCamera(ahead, { ...noAdjustment, yaw });
    }),
  };
}
