import './exporting.css';
import { useEffect, useRef, useState } from 'react';
import { OccuscopeError } from '../errors/catalogue.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { ErrorBox } from '../ui/ErrorBox.tsx';
import { Progress } from '../ui/Progress.tsx';
import { Segments } from '../ui/Segments.tsx';
import { Select } from '../ui/Select.tsx';
import type { ExportPage } from './exportPage.ts';
import { openTarget } from './fileTarget.ts';
import { describeMissingEncoder, findVideoKind } from './recordVideo.ts';
import { type ExportKind, type ExportRequest, nameFile, needsSubject, runExport } from './runExport.ts';

interface ExportDialogProps {
  readonly page: ExportPage;
  readonly onClose: () => void;
}

const kinds: readonly { readonly value: ExportKind; readonly label: string; readonly words: string }[] = [
  {
    value: 'npz',
    label: 'Labels of this frame (npz)',
    words: 'Occ3D’s labels.npz: semantics, flow and, for ground truth, mask_camera; numpy.load reads it.',
  },
  {
    value: 'npz-clip',
    label: 'Labels of the whole clip (zip of npz)',
    words:
      'One labels.npz for each frame, in a folder named by its token; frames that are missing are predicted first.',
  },
  {
    value: 'glb',
    label: 'Shown voxels as a mesh (glTF)',
    words: 'Outer faces in metres, one material for each class.',
  },
  { value: 'ply', label: 'Shown voxels as points (PLY)', words: 'Centres in metres with colour, label and flow.' },
  {
    value: 'png',
    label: 'Still of all columns (PNG)',
    words: 'With titles, legend and the numbers that are measured.',
  },
  { value: 'video', label: 'The clip as a video', words: 'Every frame of all columns, encoded by this browser.' },
];

const speeds = ['0.5', '1', '2', '4'] as const;

type State =
  | { readonly phase: 'choosing'; readonly message: string | null; readonly error: unknown }
  | { readonly phase: 'working'; readonly done: number; readonly total: number };

/** What to export, then how far it is. */
export function ExportDialog({ page, onClose }: ExportDialogProps) {
  const [kind, setKind] = useState<ExportKind>('npz');
  const [subject, setSubject] = useState(page.subjects[0]?.id ?? '');
  const [speed, setSpeed] = useState<(typeof speeds)[number]>('1');
  const [state, setState] = useState<State>({ phase: 'choosing', message: null, error: null });
  const abort = useRef<AbortController | null>(null);
  useEffect(() => () => abort.current?.abort(), []);
  const isWorking = state.phase === 'working';
  const isImpossible = needsSubject(kind) && page.subjects.length === 0;
  const start = async () => {
    abort.current = new AbortController();
    setState({ phase: 'working', done: 0, total: 1 });
    const end = await exportAs({ kind, subject, speed: Number(speed) }, page, abort.current.signal, (done, total) =>
      setState({ phase: 'working', done, total }),
    );
    setState({ phase: 'choosing', ...end });
  };
  return (
    <Dialog title="Export" isOpen onClose={onClose}>
      <div className="exporting">
        <Select
          label="What to export"
          value={kind}
          options={kinds.map(({ value, label }) => ({ value, label }))}
          onChange={(value) => setKind(value as ExportKind)}
        />
        <p className="muted">{kinds.find(({ value }) => value === kind)!.words}</p>
        {needsSubject(kind) && (
          <Select
            label="Whose labels"
            value={subject}
            options={page.subjects.map(({ id, title }) => ({ value: id, label: title }))}
            onChange={setSubject}
          />
        )}
        {isImpossible && <p>There is no prediction and no ground truth to export yet.</p>}
        {kind === 'video' && (
          <Segments
            label="Playing speed"
            value={speed}
            options={speeds.map((value) => ({ value, label: `${value}×` }))}
            onChange={setSpeed}
          />
        )}
        {isWorking ? (
          <Working done={state.done} total={state.total} onCancel={() => abort.current?.abort()} />
        ) : (
          <>
            <Button label="Export" look="solid" disabled={isImpossible} onClick={() => void start()} />
            {state.message !== null && <p role="status">{state.message}</p>}
            {state.error !== null && <Fault error={state.error} />}
          </>
        )}
      </div>
    </Dialog>
  );
}

interface WorkingProps {
  readonly done: number;
  readonly total: number;
  readonly onCancel: () => void;
}

function Working({ done, total, onCancel }: WorkingProps) {
  return (
    <>
      <Progress label="Exporting" fraction={total > 1 ? done / total : null} />
      <p role="status">{total > 1 ? `${done} of ${total} frames` : 'Working…'}</p>
      <Button label="Cancel" look="outline" onClick={onCancel} />
    </>
  );
}

interface Ending {
  readonly message: string | null;
  readonly error: unknown;
}

async function exportAs(
  request: ExportRequest,
  page: ExportPage,
  signal: AbortSignal,
  onProgress: (done: number, total: number) => void,
): Promise<Ending> {
  try {
    const video = request.kind === 'video' ? await findVideoKind() : null;
    if (request.kind === 'video' && !video) throw describeMissingEncoder();
    const { name, mimeType } = nameFile(request, page, video?.extension ?? 'webm');
    const target = await openTarget(name, mimeType);
    if (!target) return { message: null, error: null };
    return { message: await runExport(request, { page, target, signal, onProgress }), error: null };
  } catch (error) {
    if (signal.aborted) return { message: 'Cancelled; nothing was kept.', error: null };
    return { message: null, error };
  } finally {
    page.restore();
  }
}

function Fault({ error }: { readonly error: unknown }) {
  if (error instanceof OccuscopeError) {
    const { sentence, nextStep, detail, code } = error;
    return <ErrorBox {...{ sentence, nextStep, detail, code }} />;
  }
  return <ErrorBox sentence="The export did not finish." detail={String(error)} />;
}
