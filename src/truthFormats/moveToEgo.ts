import type { GridSpec, Matrix4 } from '../domain/geometry.ts';
import { invertRigid } from '../geometry/rigid.ts';
import { countVoxels } from './grids.ts';
import type { TruthVolume } from './truthVolume.ts';

/**
 * The volume on `target` in the ego frame: each target voxel takes the label of the source voxel that its centre lies in, free outside.
 * `egoFromSensor` is the pose of the axes that `volume.grid` lies in; flow is turned with them. Voxels outside the source are ignored.
 */
export function moveToEgo(volume: TruthVolume, egoFromSensor: Matrix4, target: GridSpec): TruthVolume {
  const places = findSources(volume.grid, invertRigid(egoFromSensor), target);
  const take = (array: Uint8Array, outside: number) => {
    const taken = new Uint8Array(places.length).fill(outside);
    for (let voxel = 0; voxel < places.length; voxel++) if (places[voxel]! >= 0) taken[voxel] = array[places[voxel]!]!;
    return taken;
  };
  const ignored = take(volume.ignored ?? new Uint8Array(volume.labels.length), 1);
  return {
    grid: target,
    classes: volume.classes,
    axes: 'ego',
    labels: take(volume.labels, volume.classes.free),
    ignored: ignored.includes(1) ? ignored : null,
    cameraMask: volume.cameraMask && take(volume.cameraMask, 0),
    lidarMask: volume.lidarMask && take(volume.lidarMask, 0),
    flow: volume.flow && turnFlow(volume.flow, places, egoFromSensor),
  };
}

/** Flat source index of every target voxel, -1 outside. */
function findSources(source: GridSpec, m: Matrix4, target: GridSpec): Int32Array {
  const places = new Int32Array(countVoxels(target));
  const cell = [0, 0, 0];
  let voxel = 0;
  for (let i = 0; i < target.size[0]; i++) {
    const x = target.lower[0] + (i + 0.5) * target.voxel[0];
    for (let j = 0; j < target.size[1]; j++) {
      const y = target.lower[1] + (j + 0.5) * target.voxel[1];
      for (let k = 0; k < target.size[2]; k++) {
        const z = target.lower[2] + (k + 0.5) * target.voxel[2];
        let isInside = true;
        for (let axis = 0; axis < 3; axis++) {
          const row = axis * 4;
          const metres = m[row]! * x + m[row + 1]! * y + m[row + 2]! * z + m[row + 3]!;
          cell[axis] = Math.floor((metres - source.lower[axis]!) / source.voxel[axis]!);
          isInside &&= cell[axis]! >= 0 && cell[axis]! < source.size[axis]!;
        }
        places[voxel] = isInside ? (cell[0]! * source.size[1] + cell[1]!) * source.size[2] + cell[2]! : -1;
        voxel += 1;
      }
    }
  }
  return places;
}

function turnFlow(flow: Float32Array, places: Int32Array, m: Matrix4): Float32Array {
  const turned = new Float32Array(places.length * 2);
  places.forEach((place, voxel) => {
    if (place < 0) return;
    const [vx, vy] = [flow[place * 2]!, flow[place * 2 + 1]!];
    turned[voxel * 2] = m[0]! * vx + m[1]! * vy;
    turned[voxel * 2 + 1] = m[4]! * vx + m[5]! * vy;
  });
  return turned;
}
