import { useState } from 'react';
import type { Backend, ModelCard } from '../stores/modelStore.ts';
import { usePage, usePageState } from '../stores/page.tsx';
import type { MemoryUse } from '../stores/paneContent.ts';
import { Button } from '../ui/Button.tsx';
import { ErrorBox } from '../ui/ErrorBox.tsx';
import { countThings, formatBytes } from '../ui/format.ts';
import { Section } from '../ui/Section.tsx';
import { Segments } from '../ui/Segments.tsx';
import { Switch } from '../ui/Switch.tsx';
import { CardDialog } from './CardDialog.tsx';

/** What the model is, where it runs, and what it remembers. */
export function ModelPanel() {
  const card = usePageState('model', (state) => state.card);
  return (
    <Section title="Model" aside={card ? formatBytes(card.bytes) : undefined}>
      {card ? <ModelFacts card={card} /> : <p className="muted">No model is open yet.</p>}
      <BackendChoice />
      {card?.hasMemory && <MemoryState />}
    </Section>
  );
}

function ModelFacts({ card }: { readonly card: ModelCard }) {
  const [isCardOpen, setCardOpen] = useState(false);
  return (
    <>
      <p className="model__title">{card.title}</p>
      {card.summary && <p>{card.summary}</p>}
      <dl className="facts">
        <dt>Origin</dt>
        <dd>{card.origin}</dd>
        <dt>Output</dt>
        <dd>{card.hasFlow ? 'occupancy and flow' : 'occupancy'}</dd>
        <dt>Images</dt>
        <dd>
          {card.imageSize[0]} × {card.imageSize[1]}
        </dd>
        <dt>Licence</dt>
        <dd>{card.licence}</dd>
      </dl>
      {card.readCard && <Button label="Model card…" look="outline" isSmall onClick={() => setCardOpen(true)} />}
      {card.readCard && (
        <CardDialog
          title={card.title}
          readCard={card.readCard}
          isOpen={isCardOpen}
          onClose={() => setCardOpen(false)}
        />
      )}
    </>
  );
}

function BackendChoice() {
  const { session } = usePage();
  const backend = usePageState('model', (state) => state.backend);
  const note = usePageState('model', (state) => state.backendNote);
  const adapterName = usePageState('model', (state) => state.adapterName);
  const isSoftware = usePageState('model', (state) => state.isSoftwareAdapter);
  return (
    <div className="field field--stacked">
      <span className="field__line">
        Runs on
        <Segments<Backend>
          label="Where the model runs"
          value={backend}
          options={[
            { value: 'webgpu', label: 'WebGPU', hint: 'On this computer’s GPU' },
            { value: 'cpu', label: 'CPU', hint: 'Slower, the same stages' },
          ]}
          onChange={(value) => void session.setBackend(value).catch(() => undefined)}
        />
      </span>
      {note && (
        <ErrorBox
          tone="warning"
          sentence={note.sentence}
          nextStep={note.nextStep}
          detail={note.detail}
          code={note.code}
        />
      )}
      {backend === 'webgpu' && adapterName && (
        <p className="muted model__adapter">
          {adapterName}
          {isSoftware && '. This is a software adapter: correct, and slow.'}
        </p>
      )}
      {backend === 'cpu' && !note && (
        <p className="muted">Every stage runs in a worker on the CPU: slower, the same stages.</p>
      )}
    </div>
  );
}

function MemoryState() {
  const { session } = usePage();
  const frames = usePageState('playback', (state) => state.memoryFrames);
  const use = usePageState('model', (state) => state.memoryUse);
  const setUse = (next: MemoryUse) => void session.setMemoryUse(next).catch(() => undefined);
  const hasPoses = usePageState('clip', (state) => state.clip?.hasPoses !== false);
  if (!hasPoses) return <p className="muted">Memory is off: this clip has no poses, so every frame is seen alone.</p>;
  return (
    <>
      <Switch label="Use the memory" isOn={use !== 'off'} onChange={(on) => setUse(on ? 'moved' : 'off')} />
      {use !== 'off' && (
        <Switch
          label="Move the memory with the vehicle"
          isOn={use === 'moved'}
          onChange={(on) => setUse(on ? 'moved' : 'unmoved')}
        />
      )}
      <div className="field">
        <span>{frames === 0 ? 'Memory is empty' : `Memory holds ${countThings(frames, 'frame')}`}</span>
        <Button
          icon="reset"
          label="Reset"
          isSmall
          look="outline"
          shortcut="Shift R"
          onClick={() => void session.resetMemory().catch(() => undefined)}
        />
      </div>
    </>
  );
}
