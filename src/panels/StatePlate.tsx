import { useState } from 'react';
import { usePage, usePageState } from '../stores/page.tsx';
import type { PaneContent } from '../stores/paneContent.ts';
import { type LoadProgress, measureFraction } from '../stores/progress.ts';
import { Button } from '../ui/Button.tsx';
import { ErrorBox } from '../ui/ErrorBox.tsx';
import { formatBytes } from '../ui/format.ts';
import { Progress } from '../ui/Progress.tsx';

/** What the prediction waits for, at the place where it will be: downloads, warm-up, catching up, or why it failed. */
export function StatePlate({ content }: { readonly content: PaneContent }) {
  const { session } = usePage();
  const phase = usePageState('model', (state) => state.phase);
  const error = usePageState('model', (state) => state.error);
  const warmUp = usePageState('model', (state) => state.backend);
  const catchingUp = usePageState('playback', (state) => state.catchingUp);
  const frameFault = usePageState('playback', (state) => state.frameFault);
  const isRuntimeLoading = usePageState(
    'model',
    ({ runtimeProgress: runtime }) => runtime?.total && runtime.loaded < runtime.total,
  );
  const retry = () => void session.retry().catch(() => undefined);
  if (content === 'truth' || content.startsWith('memory')) return null;
  if (error && (phase === 'failed' || phase === 'lost')) {
    return (
      <div className="plate">
        <ErrorBox sentence={error.sentence} nextStep={error.nextStep} detail={error.detail} code={error.code}>
          <Button label="Try again" look="outline" isSmall onClick={retry} />
          {warmUp === 'webgpu' && (
            <Button
              label="Use the CPU"
              look="outline"
              isSmall
              onClick={() => void session.setBackend('cpu').catch(() => undefined)}
            />
          )}
        </ErrorBox>
      </div>
    );
  }
  if (phase === 'downloading' || (phase === 'preparing' && isRuntimeLoading)) return <DownloadPlate />;
  if (phase === 'cancelled') {
    return (
      <div className="plate plate--row">
        <span>Loading was cancelled.</span>
        <Button label="Load the model" look="solid" isSmall onClick={retry} />
      </div>
    );
  }
  if (frameFault && phase === 'ready' && !catchingUp) {
    return (
      <div className="plate" data-testid="frame-fault">
        <ErrorBox
          tone="warning"
          sentence={`No prediction for this frame. ${frameFault.error.sentence}`}
          detail={frameFault.error.detail}
          code={frameFault.error.code}
        />
      </div>
    );
  }
  const work = describeWork(phase, catchingUp);
  if (!work) return null;
  return (
    <div className="plate">
      <p className="plate__line">
        <strong>{work.title}</strong>
        <span className="muted plate__rate">{work.note}</span>
        {work.canCancel && <Button label="Cancel" isSmall look="outline" onClick={() => session.cancelLoading()} />}
      </p>
      <Progress label={work.title} fraction={work.fraction} />
    </div>
  );
}

interface Work {
  readonly title: string;
  readonly note: string;
  readonly fraction: number | null;
  readonly canCancel?: boolean;
}

function describeWork(
  phase: string,
  catchingUp: { readonly done: number; readonly total: number } | null,
): Work | null {
  if (phase === 'preparing') {
    return { title: 'Preparing the model', note: 'sessions and buffers', fraction: null, canCancel: true };
  }
  if (phase === 'warming') {
    return { title: 'Warming up', note: 'compiling shaders, once', fraction: null, canCancel: true };
  }
  if (phase === 'rebuilding') {
    return { title: 'Rebuilding on a new GPU device', note: 'predictions so far are kept', fraction: null };
  }
  if (phase !== 'ready' || !catchingUp) return null;
  const { done, total } = catchingUp;
  if (total <= 1) return { title: 'Predicting', note: '', fraction: null };
  return { title: `Catching up ${done}/${total}`, note: 'the memory needs the frames before', fraction: done / total };
}

function DownloadPlate() {
  const { session } = usePage();
  const model = usePageState('model', (state) => state.modelProgress);
  const runtime = usePageState('model', (state) => state.runtimeProgress);
  const rate = useRate((model?.loaded ?? 0) + (runtime?.loaded ?? 0));
  return (
    <div className="plate" data-testid="downloads">
      <p className="plate__line">
        <strong>Loading the model</strong>
        <span className="muted plate__rate">{rate > 0 && `${formatBytes(rate)}/s`}</span>
        <Button label="Cancel" isSmall look="outline" onClick={() => session.cancelLoading()} />
      </p>
      <DownloadRow title="Page" progress={measurePageBytes()} />
      <DownloadRow title="ONNX Runtime" progress={runtime} />
      <DownloadRow title="Model" progress={model} />
    </div>
  );
}

function DownloadRow({ title, progress }: { readonly title: string; readonly progress: LoadProgress | null }) {
  const { loaded, total } = progress ?? { loaded: 0, total: null };
  return (
    <div className="plate__download">
      <span>{title}</span>
      <Progress label={title} fraction={measureFraction(progress)} />
      <span className="muted mono">
        {formatBytes(loaded)}
        {total !== null && ` / ${formatBytes(total)}`}
      </span>
    </div>
  );
}

/** Mean bytes per second since this was first drawn, rounded down. */
function useRate(loaded: number): number {
  const [startedAt] = useState(() => performance.now());
  return Math.floor(loaded / Math.max(0.25, (performance.now() - startedAt) / 1000));
}

/** Scripts and styles that the browser has loaded so far: always complete when this is drawn. */
function measurePageBytes(): LoadProgress {
  const entries = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
  const own = entries.filter(({ initiatorType }) => ['script', 'link', 'css'].includes(initiatorType));
  const loaded = own.reduce((sum, { decodedBodySize }) => sum + decodedBodySize, 0);
  return { loaded, total: loaded };
}
