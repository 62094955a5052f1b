import { BOX_GROUPS, LIDAR_SUBJECTS, RETURN_GROUPS } from '../../../src/metrics/lidar/model.ts';
import type { LidarSummary } from '../../../src/metrics/lidar/summarise.ts';

/** Subjects as people read them. */
export const SUBJECT_TITLES = {
  network: 'network',
  flatGround: 'flat ground plane',
  lidarVoxels: 'the lidar’s own voxels',
} as const;

const groupTitles = { all: 'all', raised: 'above 0.5 m', ground: 'ground, |z| < 0.3 m' } as const;

/** A table as rows of cells; the first row names the columns. */
export type Table = readonly (readonly string[])[];

const format = (value: number | null) => (value === null ? '–' : value.toFixed(3));

/** First hits of every subject and group of returns. */
export function tabulateHits({ subjects }: LidarSummary): Table {
  const rows = RETURN_GROUPS.flatMap((group) =>
    LIDAR_SUBJECTS.map((subject) => {
      const { rays, within1, within2, within4, early, missing } = subjects[subject].hits[group];
      const shares = [within1, within2, within4, early, missing].map(format);
      return [groupTitles[group], SUBJECT_TITLES[subject], String(rays), ...shares];
    }),
  );
  return [['returns', 'voxels of', 'rays', 'within 1 m', '2 m', '4 m', 'early', 'missing'], ...rows];
}

/** Returns in boxes, and the depth of the network. */
export function tabulateBoxes({ subjects }: LidarSummary): Table {
  const rows = BOX_GROUPS.map((group) => [group, format(subjects.network.boxes[group])]);
  return [['returns in boxes of', 'with a voxel of it beside them'], ...rows];
}

export function tabulateDepth({ depth }: LidarSummary): Table {
  const rows = RETURN_GROUPS.map((group) => {
    const { views, absRel, d1 } = depth[group];
    return [groupTitles[group], String(views), format(absRel), format(d1)];
  });
  return [['median depth at', 'views', 'absrel', 'd1'], ...rows];
}

/** All tables as text, columns aligned. */
export function formatLidarTable(summary: LidarSummary): string {
  return [tabulateHits(summary), tabulateBoxes(summary), tabulateDepth(summary)].map(alignTable).join('\n\n');
}

function alignTable(table: Table): string {
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  return table
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
