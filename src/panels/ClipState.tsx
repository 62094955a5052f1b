import { usePage, usePageState } from '../stores/page.tsx';
import { measureFraction } from '../stores/progress.ts';
import { Button } from '../ui/Button.tsx';
import { ErrorBox } from '../ui/ErrorBox.tsx';
import { formatBytes } from '../ui/format.ts';
import { Progress } from '../ui/Progress.tsx';

/** How opening the clip goes, where its images will be. */
export function ClipState() {
  const { session } = usePage();
  const phase = usePageState('clip', (state) => state.phase);
  const error = usePageState('clip', (state) => state.error);
  const progress = usePageState('clip', (state) => state.progress);
  if (phase === 'failed' && error) {
    return (
      <ErrorBox sentence={error.sentence} nextStep={error.nextStep} detail={error.detail} code={error.code}>
        <Button label="Try again" look="outline" isSmall onClick={() => void session.retry().catch(() => undefined)} />
      </ErrorBox>
    );
  }
  if (phase === 'cancelled') {
    return (
      <div className="load-row">
        <span>Opening the clip was cancelled.</span>
        <Button
          label="Open the clip"
          look="outline"
          isSmall
          onClick={() => void session.retry().catch(() => undefined)}
        />
      </div>
    );
  }
  if (phase !== 'loading') return null;
  return (
    <div className="load-row">
      <span>Opening the clip</span>
      <Progress label="Opening the clip" fraction={measureFraction(progress)} />
      <span className="muted mono">
        {progress && formatBytes(progress.loaded)}
        {progress?.total && ` / ${formatBytes(progress.total)}`}
      </span>
      <Button label="Cancel" look="outline" isSmall onClick={() => session.cancelClip()} />
    </div>
  );
}
