import { findNextChange, findWorstFrame } from './metricsStore.ts';
import type { PageAction } from './pageAction.ts';
import type { Session } from './session.ts';
import { announce } from './statusStore.ts';
import type { Stores } from './stores.ts';
import { soloClass } from './viewStore.ts';

/** What the metrics need beside stores and session. */
export interface MetricsRun {
  /** Predict and measure every frame from the first, or stop doing so. */
  toggleClipRun(): void;
}

/** What a person can do with the metrics: look at them, run the clip, and find where the network fails. */
export function listMetricsActions(stores: Stores, session: Session, run: MetricsRun): PageAction[] {
  const group = 'Metrics';
  const { metrics, playback } = stores;
  const goTo = (frame: number | null, missing: string) => {
    if (frame === null) announce(stores.status, missing);
    else void session.seek(frame).catch(() => undefined);
  };
  const open = () => metrics.setState({ isOpen: true });
  return [
    {
      id: 'metrics',
      group,
      title: 'Metrics beside the 3D view, or the scene’s settings',
      keys: ['M'],
      run: () => metrics.setState(({ isOpen }) => ({ isOpen: !isOpen })),
    },
    { id: 'measure-clip', group, title: 'Measure the whole clip, or stop', keys: ['Shift+M'], run: run.toggleClipRun },
    {
      id: 'worst-frame',
      group,
      title: 'Worst measured frame',
      keys: ['J'],
      run: () => {
        open();
        const { series } = metrics.getState();
        goTo(series && findWorstFrame(series), 'No frame is measured yet.');
      },
    },
    {
      id: 'next-change',
      group,
      title: 'Next frame where the chosen metric changes',
      keys: ['O'],
      run: () => {
        open();
        const { series } = metrics.getState();
        goTo(series && findNextChange(series, playback.getState().frameIndex), 'No later change is measured.');
      },
    },
    {
      id: 'worst-class',
      group,
      title: 'Worst class alone, in the frame where it is worst',
      keys: ['Shift+J'],
      run: () => {
        open();
        showWorstClass(stores, session);
      },
    },
  ];
}

/** A class with fewer true voxels than this in all measured frames says nothing. */
const fewVoxels = 20;

function showWorstClass({ metrics, view, clip, status }: Stores, session: Session): void {
  const { total, frames } = metrics.getState();
  const table = clip.getState().clip?.classes;
  const known = (total?.summary.camera ?? total?.summary.all)?.perClass.filter(
    ({ iou, truth }) => iou !== null && truth >= fewVoxels,
  );
  if (!known?.length || !table) {
    announce(status, 'No class is measured yet.');
    return;
  }
  const worst = known.reduce((a, b) => (b.iou! < a.iou! ? b : a));
  const perFrame = [...frames].flatMap(([frame, { summary }]) => {
    const score = (summary.camera ?? summary.all)?.perClass.find(({ label }) => label === worst.label);
    return score && score.iou !== null && score.truth > 0 ? [{ frame, iou: score.iou, truth: score.truth }] : [];
  });
  // Of frames that are equally bad, the one with most to see.
  perFrame.sort((a, b) => a.iou - b.iou || b.truth - a.truth);
  const labels = table.classes.map((_, label) => label).filter((label) => label !== table.free);
  view.setState({ hiddenClasses: soloClass(new Set(), worst.label, labels) });
  announce(status, `${worst.name}, IoU ${(worst.iou! * 100).toFixed(1)} per cent.`);
  if (perFrame[0]) void session.seek(perFrame[0].frame).catch(() => undefined);
}
