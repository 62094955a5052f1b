import type { OccuscopeError } from '../errors/catalogue.ts';
import type { Backend, ModelPhase } from '../stores/modelStore.ts';
import { usePage, usePageState } from '../stores/page.tsx';
import { formatMilliseconds } from '../ui/format.ts';

type Tone = 'idle' | 'busy' | 'good' | 'bad';

const phaseWords: Record<ModelPhase, readonly [Tone, string]> = {
  idle: ['idle', 'No model open'],
  downloading: ['busy', 'Downloading the model'],
  preparing: ['busy', 'Preparing the model'],
  warming: ['busy', 'Warming up'],
  ready: ['good', 'Ready'],
  cancelled: ['idle', 'Loading cancelled'],
  lost: ['bad', 'GPU device lost'],
  rebuilding: ['busy', 'Rebuilding on a new GPU device'],
  failed: ['bad', 'The model does not run'],
};

/** How prediction stands, in a few words; also read aloud. */
export function StatusChip() {
  const { session } = usePage();
  const phase = usePageState('model', (state) => state.phase);
  const backend = usePageState('model', (state) => state.backend);
  const note = usePageState('model', (state) => state.backendNote);
  const catchingUp = usePageState('playback', (state) => state.catchingUp);
  usePageState('playback', (state) => state.version);
  let [tone, words] = phaseWords[phase];
  if (phase === 'ready' && catchingUp) {
    tone = 'busy';
    words = catchingUp.total > 1 ? `Catching up ${catchingUp.done}/${catchingUp.total}` : 'Predicting';
  }
  const wall = phase === 'ready' ? session.current?.wallMilliseconds : undefined;
  return (
    <p className={`chip chip--${tone}`} data-testid="status" data-phase={phase}>
      <span className="chip__dot" aria-hidden="true" />
      <span>{words}</span>
      {phase === 'ready' && <span className="muted">{describeBackend(backend, note)}</span>}
      {wall !== undefined && <span className="muted">{formatMilliseconds(wall)} per frame</span>}
    </p>
  );
}

function describeBackend(backend: Backend, note: OccuscopeError | null): string {
  if (backend === 'webgpu') return 'WebGPU';
  if (!note) return 'CPU';
  return note.code === 'gpu-missing' ? 'CPU, for want of WebGPU' : 'CPU, as the GPU was refused';
}
