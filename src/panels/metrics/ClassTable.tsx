import { useState } from 'react';
import type { ClassScore, MetricSummary, Score } from '../../metrics/model.ts';
import { usePage, usePageState } from '../../stores/page.tsx';
import { soloClass } from '../../stores/viewStore.ts';
import { formatCount } from '../../ui/format.ts';
import { formatScore } from './formatMetrics.ts';
import { Sparkline } from './Sparkline.tsx';

type Column = 'name' | 'iou' | 'precision' | 'recall' | 'rayIou' | 'speed' | 'truth';

interface Row extends ClassScore {
  /** Mean of RayIoU at 1, 2 and 4 m. */
  readonly rayIou: Score;
  /** Mean speed error over voxels, m/s. */
  readonly speed: Score;
}

const columns: readonly { readonly id: Column; readonly title: string; readonly hint: string }[] = [
  { id: 'name', title: 'Class', hint: 'In the order of the labels' },
  { id: 'iou', title: 'IoU', hint: 'Right voxels of all that truth or prediction gives the class' },
  { id: 'precision', title: 'Prec.', hint: 'Right voxels of all predicted ones' },
  { id: 'recall', title: 'Rec.', hint: 'Right voxels of all true ones' },
  { id: 'rayIou', title: 'Ray', hint: 'Mean RayIoU at 1, 2 and 4 m' },
  { id: 'speed', title: 'm/s', hint: 'Mean speed error over voxels of the true class' },
  { id: 'truth', title: 'Voxels', hint: 'Voxels of the class in truth' },
];

/** Scores of each class, sorted by any column, with the IoU along the clip. */
export function ClassTable({ summary, isMasked }: { readonly summary: MetricSummary; readonly isMasked: boolean }) {
  const [sort, setSort] = useState<{ readonly column: Column; readonly isDown: boolean }>({
    column: 'name',
    isDown: false,
  });
  const rows = sortRows(listRows(summary, isMasked), sort.column, sort.isDown);
  const choose = (column: Column) =>
    setSort((before) => ({ column, isDown: before.column === column ? !before.isDown : column === 'truth' }));
  return (
    <table className="class-scores">
      <thead>
        <tr>
          {columns.map(({ id, title, hint }) => (
            <th key={id} scope="col" aria-sort={describeSort(sort, id)}>
              <button type="button" className="class-scores__sort" title={hint} onClick={() => choose(id)}>
                {title}
                <span aria-hidden="true">{sort.column === id ? (sort.isDown ? '▾' : '▴') : ''}</span>
              </button>
            </th>
          ))}
          <th scope="col" title="IoU along the clip">
            Clip
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <ClassRow key={row.label} row={row} isMasked={isMasked} />
        ))}
      </tbody>
    </table>
  );
}

function ClassRow({ row, isMasked }: { readonly row: Row; readonly isMasked: boolean }) {
  const { stores, colourOf } = usePage();
  const palette = usePageState('view', (state) => state.palette);
  const showAlone = () => {
    const { clip } = stores.clip.getState();
    const labels = clip?.classes.classes.map((_, label) => label).filter((label) => label !== clip.classes.free) ?? [];
    stores.view.setState(({ hiddenClasses }) => ({ hiddenClasses: soloClass(hiddenClasses, row.label, labels) }));
  };
  return (
    <tr data-label={row.label} data-empty={row.truth === 0 || undefined}>
      <th scope="row">
        <button
          type="button"
          className="class-scores__name"
          title={`Show ${row.name} alone, or all`}
          onClick={showAlone}
        >
          <span className="legend__swatch" style={{ background: colourOf(palette, row.label) }} />
          {row.name}
        </button>
      </th>
      <td>{formatScore(row.iou, 'fraction')}</td>
      <td>{formatScore(row.precision, 'fraction')}</td>
      <td>{formatScore(row.recall, 'fraction')}</td>
      <td>{formatScore(row.rayIou, 'fraction')}</td>
      <td>{formatScore(row.speed, 'm/s')}</td>
      <td>{formatCount(row.truth)}</td>
      <td>
        <Sparkline label={row.label} name={row.name} isMasked={isMasked} />
      </td>
    </tr>
  );
}

function listRows({ camera, all, rays, flow }: MetricSummary, isMasked: boolean): Row[] {
  const scores = isMasked ? (camera ?? all) : all;
  return (scores?.perClass ?? []).map((score) => ({
    ...score,
    rayIou: meanOf(rays?.perClass.find(({ label }) => label === score.label)?.iou ?? []),
    speed: flow?.voxels.perClass[score.label] ?? null,
  }));
}

function meanOf(values: readonly Score[]): Score {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** Rows without a score stay at the end in either direction. */
export function sortRows(rows: readonly Row[], column: Column, isDown: boolean): Row[] {
  const read = (row: Row) => (column === 'name' ? row.label : row[column]);
  return [...rows].sort((a, b) => {
    const [left, right] = [read(a), read(b)];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return isDown ? right - left : left - right;
  });
}

function describeSort(sort: { readonly column: Column; readonly isDown: boolean }, column: Column) {
  if (sort.column !== column) return 'none';
  return sort.isDown ? 'descending' : 'ascending';
}
