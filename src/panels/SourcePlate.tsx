import { usePage, usePageState } from '../stores/page.tsx';
import { isComparison, type PaneContent, readContent } from '../stores/paneContent.ts';
import { measureFraction } from '../stores/progress.ts';
import { Button } from '../ui/Button.tsx';
import { ErrorBox } from '../ui/ErrorBox.tsx';
import { Progress } from '../ui/Progress.tsx';

/** What a column of another prediction waits for, or why it stays empty. */
export function SourcePlate({ content }: { readonly content: PaneContent }) {
  const { session } = usePage();
  const { kind, subject } = readContent(content);
  const state = usePageState('sources', ({ used }) => used.get(subject));
  const frameIndex = usePageState('playback', (playback) => playback.frameIndex);
  if (!state) return null;
  const { phase, error, progress, catchingUp, missingFrame } = state;
  if (error && phase === 'failed') {
    return (
      <div className="plate">
        <ErrorBox sentence={error.sentence} nextStep={error.nextStep} detail={error.detail} code={error.code}>
          <Button label="Try again" look="outline" isSmall onClick={() => session.retryPrediction(subject)} />
        </ErrorBox>
      </div>
    );
  }
  if (isComparison(kind) && phase === 'ready' && !state.isComparable) {
    return (
      <p className="plate">
        It lies on another grid than the ground truth, or has other classes: it cannot be compared.
      </p>
    );
  }
  if (missingFrame === frameIndex) return <p className="plate">Nothing is stored for frame {frameIndex + 1}.</p>;
  const title = describeWait(phase, catchingUp);
  if (title === null) return null;
  const isCounted = catchingUp && catchingUp.total > 1;
  return (
    <div className="plate" data-testid="source-wait">
      <p className="plate__line">
        <strong>{title}</strong>
      </p>
      <Progress label={title} fraction={isCounted ? catchingUp.done / catchingUp.total : measureFraction(progress)} />
    </div>
  );
}

function describeWait(phase: string, catchingUp: { readonly done: number; readonly total: number } | null) {
  if (phase === 'waiting') return 'Waiting for the first column';
  if (phase === 'loading') return 'Loading';
  if (!catchingUp) return null;
  return catchingUp.total > 1 ? `Catching up ${catchingUp.done}/${catchingUp.total}` : 'Predicting';
}
