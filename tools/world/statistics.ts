import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { openNpz } from '../../src/clips/npz/readNpz.ts';
import { createDrive } from '../../src/clips/world/drive.ts';
import { LABEL } from '../../src/clips/world/materials.ts';
import { TruthMaker } from '../../src/clips/world/truth/truth.ts';
import { OCC3D_GRID } from '../../src/domain/geometry.ts';
import type { StatisticsOptions } from './options.ts';
import { OPENOCC_FROM_OCC3D } from './scene.ts';

const CLASSES = Object.keys(LABEL).slice(0, 17);
const FREE = LABEL.free;
/** Bands of height by their first layer of 0.4 m: near the ground, up to 1.8 m above it, over that. */
const BANDS = [0, 3, 7] as const;
/** Roads are looked at within this distance of the ego, metres. */
const ROAD_REACH = 30;
/** A drive shows a class from this many visible voxels in one key frame. */
const SHOWN_VOXELS = 6;

/** One labelled grid; `mask` is null where the file has none (then every occupied voxel counts). */
interface Grid {
  readonly drive: string;
  readonly labels: ArrayLike<number>;
  readonly mask: ArrayLike<number> | null;
}

/** Voxel counts of many grids. */
export class ClassCount {
  frames = 0;
  masked = true;
  /** Camera-visible and all occupied voxels, per class and layer. */
  private readonly visible = new Float64Array(17 * 16);
  private readonly occupied = new Float64Array(17 * 16);
  private readonly road = new Float64Array(16);
  private readonly shownIn = CLASSES.map(() => new Set<string>());
  private readonly drives = new Set<string>();

  constructor(readonly name: string) {}

  /** Adds a grid in Occ3D order (z fastest) and Occ3D labels. */
  add({ drive, labels, mask }: Grid): void {
    this.frames++;
    this.drives.add(drive);
    if (!mask) this.masked = false;
    const seen = new Float64Array(17);
    const [nx, ny, nz] = OCC3D_GRID.size;
    for (let column = 0; column < nx * ny; column++) {
      const x = ((column / ny) | 0) * OCC3D_GRID.voxel[0] + OCC3D_GRID.lower[0];
      const y = (column % ny) * OCC3D_GRID.voxel[1] + OCC3D_GRID.lower[1];
      const near = Math.hypot(x, y) < ROAD_REACH;
      for (let z = 0; z < nz; z++) {
        const label = labels[column * nz + z]!;
        if (label >= FREE) continue;
        this.occupied[label * 16 + z]!++;
        if (near && label === LABEL.driveable) this.road[z]!++;
        if (mask && mask[column * nz + z] !== 1) continue;
        this.visible[label * 16 + z]!++;
        seen[label]!++;
      }
    }
    seen.forEach((count, label) => {
      if (count >= SHOWN_VOXELS) this.shownIn[label]!.add(drive);
    });
  }

  /** Share 0..1 of a class among occupied voxels: those the cameras see, or all. */
  share(label: number, which: 'visible' | 'all'): number {
    const counts = which === 'visible' ? this.visible : this.occupied;
    const total = counts.reduce((sum, count) => sum + count, 0);
    return total === 0 ? 0 : sumLayers(counts, label, 0, 16) / total;
  }

  /** Shares of a class's visible voxels in the three bands of height. */
  bands(label: number): number[] {
    const total = sumLayers(this.visible, label, 0, 16);
    return BANDS.map((from, band) =>
      total === 0 ? 0 : sumLayers(this.visible, label, from, BANDS[band + 1] ?? 16) / total,
    );
  }

  /** Share of the drives in which some key frame shows the class. */
  shown(label: number): number {
    return this.shownIn[label]!.size / Math.max(this.drives.size, 1);
  }

  /** Shares of road voxels near the ego in the layers from -1 m up. */
  roadLayers(): number[] {
    const total = this.road.reduce((sum, count) => sum + count, 0);
    return Array.from(this.road.subarray(0, 6), (count) => (total === 0 ? 0 : count / total));
  }
}

function sumLayers(counts: Float64Array, label: number, from: number, to: number): number {
  let sum = 0;
  for (let z = from; z < to; z++) sum += counts[label * 16 + z]!;
  return sum;
}

/** Reads one label file: Occ3D when it has a camera mask, else OpenOcc's classes. */
function readGrid(path: string, drive: string): Grid {
  const archive = openNpz(new Uint8Array(readFileSync(path)), path);
  const labels = archive.read('semantics').data;
  if (archive.has('mask_camera')) return { drive, labels, mask: archive.read('mask_camera').data };
  const occ3d = Uint8Array.from(labels, (label) => {
    const found = OPENOCC_FROM_OCC3D.indexOf(label as (typeof OPENOCC_FROM_OCC3D)[number], 1);
    return found < 0 ? FREE : found;
  });
  return { drive, labels: occ3d, mask: null };
}

/** Counts every label file below `gts/` of a nuScenes-format root. */
function countRoot(root: string): ClassCount {
  const count = new ClassCount(basename(root));
  for (const scene of readdirSync(join(root, 'gts')).sort()) {
    for (const token of readdirSync(join(root, 'gts', scene)).sort())
      count.add(readGrid(join(root, 'gts', scene, token, 'labels.npz'), scene));
  }
  return count;
}

/** Counts drives that are generated for this, without images: every tenth key frame. */
function countGenerated({ scenes, seed, keyframes }: StatisticsOptions): ClassCount {
  const count = new ClassCount(`seeds ${seed}+${scenes}`);
  for (let index = 0; index < scenes; index++) {
    const drive = createDrive({ seed: seed + index, keyFrames: keyframes });
    const truth = new TruthMaker(drive);
    for (const keyFrame of drive.keyFrames) {
      if (keyFrame.index % 10 !== Math.min(5, keyframes - 1)) continue;
      const { labels, cameraMask } = truth.make(keyFrame);
      count.add({ drive: String(index), labels, mask: cameraMask });
    }
  }
  return count;
}

const percent = (value: number, width: number) => (100 * value).toFixed(value < 0.1 ? 2 : 1).padStart(width);

/** The table as text: shares per class beside the files to compare with, heights, and how flat roads are. */
export function formatTable(own: ClassCount, others: readonly ClassCount[]): string {
  const heads = ['class'.padEnd(14), 'visible %', '   all %', ' shown in % of drives', '  by height (low/1.8 m/over)'];
  const lines = [
    `${own.name}: ${own.frames} key frames`,
    heads.join('') + others.map(({ name }) => name.slice(0, 22).padStart(24)).join(''),
  ];
  for (const [label, name] of CLASSES.entries()) {
    const bands = own.bands(label).map((share) => `${Math.round(share * 100)}`);
    const beside = others.map((other) => percent(other.share(label, other.masked ? 'visible' : 'all'), 24));
    lines.push(
      name.padEnd(14) +
        percent(own.share(label, 'visible'), 9) +
        percent(own.share(label, 'all'), 8) +
        percent(own.shown(label), 21) +
        bands.join(' / ').padStart(28) +
        beside.join(''),
    );
  }
  lines.push('', `road voxels within ${ROAD_REACH} m by layer of 0.4 m from z = -1 m, %:`);
  for (const count of [own, ...others])
    lines.push(
      `  ${count.name}: ${count
        .roadLayers()
        .map((share) => percent(share, 0))
        .join('  ')}`,
    );
  const plain = others.filter(({ masked }) => !masked);
  if (plain.length > 0) lines.push(`no camera mask, all occupied voxels: ${plain.map(({ name }) => name).join(', ')}`);
  return lines.join('\n');
}

/** Prints class shares of a data root, or of drives generated for this, beside those of label files. */
export function printStatistics(options: StatisticsOptions): void {
  const own = options.root ? countRoot(options.root) : countGenerated(options);
  const others = options.against.map((path) => {
    const count = new ClassCount(basename(path, '.npz'));
    count.add(readGrid(path, path));
    return count;
  });
  console.log(formatTable(own, others));
}
