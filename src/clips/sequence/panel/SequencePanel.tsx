import './sequence.css';
import { useState } from 'react';
import { describeFault, type Fault } from '../../../opening/describeFault.ts';
import type { OpenerPanelProps } from '../../../opening/opener.ts';
import { Button } from '../../../ui/Button.tsx';
import { ErrorBox } from '../../../ui/ErrorBox.tsx';
import { countThings } from '../../../ui/format.ts';
import { Progress } from '../../../ui/Progress.tsx';
import { openSequence } from '../openSequence.ts';
import { adviseRig } from '../rigAdvice.ts';
import { CalibrationEditor } from './CalibrationEditor.tsx';
import { CameraTable } from './CameraTable.tsx';
import { FileSettings } from './FileSettings.tsx';
import { openStraightener } from './openStraightener.ts';
import { type SequenceState, useSequence } from './useSequence.ts';

/** From a folder of somebody's own cameras to a clip: every guess is shown and can be changed. */
export function SequencePanel({ tree, openClip, close }: OpenerPanelProps) {
  const state = useSequence(tree);
  const [isEditing, setEditing] = useState(false);
  const { contents } = state;
  if (contents.fault) return <ErrorBox {...contents.fault} />;
  if (!contents.value || !state.pictures) {
    return (
      <div className="opening__work" role="status">
        <p>
          Looking for cameras in {tree.name}
          {state.seen > 0 && `: ${countThings(state.seen, 'file')} so far`}
        </p>
        <Progress label="Looking for cameras" fraction={null} />
      </div>
    );
  }
  if (isEditing) return <CalibrationEditor tree={tree} state={state} onDone={() => setEditing(false)} />;
  return (
    <div className="sequence" data-testid="sequence" data-state={state.plan ? 'ready' : 'not-ready'}>
      {contents.value.isCut && (
        <p className="sequence__note">The folder holds more files than are looked at; the rest is left out.</p>
      )}
      <FileSettings state={state} contents={contents.value} pictures={state.pictures} />
      <CameraTable state={state} />
      <Findings state={state} />
      <Actions state={state} onEdit={() => setEditing(true)} openClip={openClip} close={close} />
    </div>
  );
}

/** What will be opened, what was left out, and what it means that this is another rig. */
function Findings({ state }: { readonly state: SequenceState }) {
  const { settled, plan, fault, rig, found, track, network } = state;
  const advice = plan ? adviseRig(plan.frames[0]!.cameras, network) : [];
  const notes = [
    ...(found.value?.notes ?? []),
    ...(rig?.notes ?? []),
    ...(track.value?.notes ?? []),
    ...(settled?.notes ?? []),
    ...(plan?.notes ?? []),
  ];
  return (
    <div className="sequence__findings" aria-live="polite">
      {!state.isWaiting && settled?.faults.map((sentence) => <Complaint key={sentence} sentence={sentence} />)}
      {fault && <ErrorBox {...fault} />}
      {plan && <p className="sequence__summary">{describePlan(plan.frames)}</p>}
      {plan && !network && (
        <p className="sequence__note">No model is open yet: which part of the images it gets is settled when one is.</p>
      )}
      {plan && !state.posesPath && (
        <p className="sequence__note">Without poses the network’s memory stays off: every frame is seen alone.</p>
      )}
      {[...new Set(notes)].map((note) => (
        <p key={note} className="sequence__note">
          {note}
        </p>
      ))}
      {advice.length > 0 && (
        <details className="sequence__advice" open>
          <summary>Against what the network was trained on</summary>
          <ul>
            {advice.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

function Complaint({ sentence }: { readonly sentence: string }) {
  return (
    <p className="sequence__complaint" role="alert">
      {sentence}
    </p>
  );
}

function describePlan(
  frames: readonly { readonly timestampMicroseconds: number; readonly cameras: readonly unknown[] }[],
) {
  const seconds = (frames.at(-1)!.timestampMicroseconds - frames[0]!.timestampMicroseconds) / 1e6;
  const cameras = frames[0]!.cameras.length;
  return `${countThings(frames.length, 'key frame')} over ${seconds.toFixed(1)} s, ${countThings(cameras, 'camera')}.`;
}

interface ActionsProps extends Pick<OpenerPanelProps, 'openClip' | 'close'> {
  readonly state: SequenceState;
  readonly onEdit: () => void;
}

function Actions({ state, onEdit, openClip, close }: ActionsProps) {
  const [fault, setFault] = useState<Fault | null>(null);
  const { choice, plan } = state;
  const open = async () => {
    if (!choice) return;
    state.handOver(choice);
    await openClip(openSequence(choice, openStraightener()));
    close();
  };
  return (
    <div className="sequence__actions">
      {fault && <ErrorBox {...fault} />}
      <Button
        label="Check the calibration…"
        look="outline"
        disabled={!state.settled || state.settled.cameras.length === 0}
        onClick={onEdit}
      />
      <Button
        label="Open the sequence"
        look="solid"
        disabled={!plan}
        onClick={() => void open().catch((error: unknown) => setFault(describeFault(error)))}
      />
    </div>
  );
}
