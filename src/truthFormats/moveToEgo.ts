import type { GridSpec, Matrix4 } from '../domain/geometry.ts';
import { invertRigid } from '../geometry/rigid.ts';
import { countVoxels } from './grids.ts';
import type { TruthVolume } from './truthVolume.ts';

/**
 * The volume on `target` in the ego frame: each target voxel takes the label of the source voxel that its centre lies in, free outside.
 * Of a source that is twice as fine or finer, every occupied voxel counts in the target voxel that it lies in, and the commonest label is
 * taken, so that thin things are not lost between centres.
 * `egoFromSensor` is the pose of the axes that `volume.grid` lies in; flow is turned with them. Voxels outside the source are ignored.
 */
export function moveToEgo(volume: TruthVolume, egoFromSensor: Matrix4, target: GridSpec): TruthVolume {
  const sensorFromEgo = invertRigid(egoFromSensor);
  const places = findSources(volume.grid, sensorFromEgo, target);
  const take = (array: Uint8Array, outside: number) => {
    const taken = new Uint8Array(places.length).fill(outside);
    for (let voxel = 0; voxel < places.length; voxel++) if (places[voxel]! >= 0) taken[voxel] = array[places[voxel]!]!;
    return taken;
  };
  const ignored = take(volume.ignored ?? new Uint8Array(volume.labels.length), 1);
  const { free } = volume.classes;
  const parts = Math.min(...target.voxel.map((size, axis) => Math.round(size / volume.grid.voxel[axis]!)));
  const labels = parts > 1 ? gatherLabels(volume, egoFromSensor, target) : take(volume.labels, free);
  // Labels are free where nothing is judged: something found beside an unjudged centre is judged.
  if (parts > 1) for (let voxel = 0; voxel < labels.length; voxel++) if (labels[voxel] !== free) ignored[voxel] = 0;
  return {
    grid: target,
    classes: volume.classes,
    axes: 'ego',
    labels,
    ignored: ignored.includes(1) ? ignored : null,
    cameraMask: volume.cameraMask && take(volume.cameraMask, 0),
    lidarMask: volume.lidarMask && take(volume.lidarMask, 0),
    flow: volume.flow && turnFlow(volume.flow, places, egoFromSensor),
  };
}

/** The commonest label of the occupied source voxels whose centres lie in each target voxel, the lowest of equals; free where none does. */
function gatherLabels({ grid, labels, classes }: TruthVolume, m: Matrix4, target: GridSpec): Uint8Array {
  const { free } = classes;
  const kinds = classes.classes.length;
  const counts = new Uint8Array(countVoxels(target) * kinds);
  const best = new Uint8Array(countVoxels(target)).fill(free);
  const [, ny, nz] = grid.size;
  const [sx, sy, sz] = target.size;
  for (let source = 0; source < labels.length; source++) {
    const label = labels[source]!;
    if (label === free) continue;
    const x = grid.lower[0] + (Math.floor(source / (ny * nz)) + 0.5) * grid.voxel[0];
    const y = grid.lower[1] + ((Math.floor(source / nz) % ny) + 0.5) * grid.voxel[1];
    const z = grid.lower[2] + ((source % nz) + 0.5) * grid.voxel[2];
    const i = Math.floor((m[0]! * x + m[1]! * y + m[2]! * z + m[3]! - target.lower[0]) / target.voxel[0]);
    const j = Math.floor((m[4]! * x + m[5]! * y + m[6]! * z + m[7]! - target.lower[1]) / target.voxel[1]);
    const k = Math.floor((m[8]! * x + m[9]! * y + m[10]! * z + m[11]! - target.lower[2]) / target.voxel[2]);
    if (i < 0 || i >= sx || j < 0 || j >= sy || k < 0 || k >= sz) continue;
    const voxel = (i * sy + j) * sz + k;
    const count = Math.min(255, counts[voxel * kinds + label]! + 1);
    counts[voxel * kinds + label] = count;
    const leader = best[voxel]!;
    const most = leader === free ? 0 : counts[voxel * kinds + leader]!;
    if (leader !== label && (count > most || (count === most && label < leader))) best[voxel] = label;
  }
  return best;
}

/** Flat source index of the centre of every target voxel, -1 outside. */
function findSources({ lower, voxel: step, size }: GridSpec, m: Matrix4, target: GridSpec): Int32Array {
  const places = new Int32Array(countVoxels(target)).fill(-1);
  let voxel = 0;
  for (let i = 0; i < target.size[0]; i++) {
    const x = target.lower[0] + (i + 0.5) * target.voxel[0];
    for (let j = 0; j < target.size[1]; j++) {
      const y = target.lower[1] + (j + 0.5) * target.voxel[1];
      const [px, py, pz] = [0, 4, 8].map((row) => m[row]! * x + m[row + 1]! * y + m[row + 3]!) as [
        number,
        number,
        number,
      ];
      for (let k = 0; k < target.size[2]; k++, voxel++) {
        const z = target.lower[2] + (k + 0.5) * target.voxel[2];
        const a = Math.floor((px + m[2]! * z - lower[0]) / step[0]);
        const b = Math.floor((py + m[6]! * z - lower[1]) / step[1]);
        const c = Math.floor((pz + m[10]! * z - lower[2]) / step[2]);
        if (a >= 0 && a < size[0] && b >= 0 && b < size[1] && c >= 0 && c < size[2])
          places[voxel] = (a * size[1] + b) * size[2] + c;
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
