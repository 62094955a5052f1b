import type { GridSpec } from '../domain/geometry.ts';
import { applyLayout } from './applyLayout.ts';
import type { LayoutGuess } from './guessLayout.ts';
import type { StoredArrays } from './openArrays.ts';
import type { StoredLayout, VolumeAxes } from './storedLayout.ts';

/** Truth of the frame that the file belongs to, Occ3D labels. */
export interface Evidence {
  readonly labels: Uint8Array;
  readonly grid: GridSpec;
  readonly free: number;
}

const otherOrder: Readonly<Record<VolumeAxes, VolumeAxes>> = {
  xyz: 'yxz',
  yxz: 'xyz',
  zyx: 'zxy',
  zxy: 'zyx',
  xzy: 'yzx',
  yzx: 'xzy',
};

/** Let truth decide what a file alone cannot say: which of x and y is outermost, and which order the classes have. */
export function settleByTruth(guess: LayoutGuess, arrays: StoredArrays, path: string, truth: Evidence): LayoutGuess {
  if (guess.layout.form !== 'volume') return guess;
  const { layout } = guess;
  const tables =
    layout.table === 'openocc' || layout.table === 'occ3d' ? (['occ3d', 'openocc'] as const) : [layout.table];
  const candidates = [layout.axes, otherOrder[layout.axes]].flatMap((axes) =>
    tables.map((table): StoredLayout => ({ ...layout, axes, table })),
  );
  const scored = candidates.flatMap((candidate) => {
    const agreement = measureAgreement(candidate, arrays, path, truth);
    return agreement === null ? [] : [{ candidate, agreement }];
  });
  const best = scored.reduce<(typeof scored)[number] | null>((a, b) => (a && a.agreement >= b.agreement ? a : b), null);
  if (!best || best.agreement === 0) return guess;
  const others = scored.filter(({ candidate }) => candidate !== best.candidate);
  const rest = Math.max(0, ...others.map(({ agreement }) => agreement));
  const percent = (share: number) => `${(share * 100).toFixed(0)} %`;
  const text = `With the ground truth of the clip ${percent(best.agreement)} of all occupied voxels agree in this way, ${percent(rest)} at best in another.`;
  return { layout: best.candidate, reasons: [...guess.reasons, text] };
}

/** Of the voxels that are occupied in either, the share that has the same label in both; null where they cannot be compared. */
function measureAgreement(layout: StoredLayout, arrays: StoredArrays, path: string, truth: Evidence): number | null {
  try {
    const { labels, grid } = applyLayout(arrays, layout, path);
    if (JSON.stringify(grid) !== JSON.stringify(truth.grid)) return null;
    let [same, either] = [0, 0];
    for (let voxel = 0; voxel < labels.length; voxel++) {
      const [a, b] = [labels[voxel]!, truth.labels[voxel]!];
      if (a === truth.free && b === truth.free) continue;
      either += 1;
      if (a === b) same += 1;
    }
    return either === 0 ? null : same / either;
  } catch {
    return null;
  }
}
