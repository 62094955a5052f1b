import './nuscenes.css';
import { useEffect, useState } from 'react';
import { OccuscopeError } from '../../../errors/catalogue.ts';
import { describeFault, type Fault } from '../../../opening/describeFault.ts';
import type { OpenerPanelProps } from '../../../opening/opener.ts';
import { Button } from '../../../ui/Button.tsx';
import { ErrorBox } from '../../../ui/ErrorBox.tsx';
import { formatBytes } from '../../../ui/format.ts';
import { Progress } from '../../../ui/Progress.tsx';
import { Select } from '../../../ui/Select.tsx';
import type { DataRoot } from '../rootFiles.ts';
import { findDataRoot } from '../rootFiles.ts';
import type { RootIndex } from '../rootIndex.ts';
import { openIndex, type ReadProgress } from './openIndex.ts';
import { SceneBrowser } from './SceneBrowser.tsx';

type Step =
  | { readonly name: 'looking' }
  | { readonly name: 'reading'; readonly progress: ReadProgress | null }
  | { readonly name: 'browsing'; readonly index: RootIndex }
  | { readonly name: 'cancelled' }
  | { readonly name: 'failed'; readonly fault: Fault };

/** From a data root to one of its scenes: read the tables, or remember them, then choose. */
export function NuscenesPanel({ tree, openClip, close }: OpenerPanelProps) {
  const [root, setRoot] = useState<DataRoot | null>(null);
  const [version, setVersion] = useState<string | null>(null);
  const [attempt, setAttempt] = useState(0);
  const [step, setStep] = useState<Step>({ name: 'looking' });
  const [abort, setAbort] = useState<AbortController | null>(null);
  const fail = (error: unknown) => setStep({ name: 'failed', fault: describeFault(error) });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the setters never change.
  useEffect(() => {
    findDataRoot(tree)
      .then((found) => {
        if (!found) throw new OccuscopeError('tables-invalid', { detail: `${tree.name} has no tables.` });
        setRoot(found);
        setVersion(found.versions[0]!);
      })
      .catch(fail);
  }, [tree]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt reads again.
  useEffect(() => {
    if (!root || version === null) return;
    const own = new AbortController();
    setAbort(own);
    setStep({ name: 'reading', progress: null });
    const onProgress = (progress: ReadProgress) => {
      if (!own.signal.aborted) setStep({ name: 'reading', progress });
    };
    openIndex(root, version, { signal: own.signal, onProgress }).then(
      (index) => {
        if (!own.signal.aborted) setStep({ name: 'browsing', index });
      },
      (error: unknown) => {
        if (!own.signal.aborted) fail(error);
      },
    );
    return () => own.abort();
  }, [root, version, attempt]);
  const cancel = () => {
    abort?.abort();
    setStep({ name: 'cancelled' });
  };
  return (
    <>
      {root && root.versions.length > 1 && (
        <Select
          label="Version of the tables"
          value={version ?? ''}
          options={root.versions.map((name) => ({ value: name, label: name }))}
          onChange={setVersion}
        />
      )}
      {step.name === 'looking' && <Progress label="Looking for tables" fraction={null} />}
      {step.name === 'reading' && <Reading version={version ?? ''} progress={step.progress} onCancel={cancel} />}
      {step.name === 'browsing' && root && (
        <SceneBrowser root={root} index={step.index} openClip={openClip} close={close} />
      )}
      {step.name === 'cancelled' && (
        <div className="load-row">
          <span>Reading the tables was cancelled.</span>
          <Button label="Read them" look="outline" isSmall onClick={() => setAttempt(attempt + 1)} />
        </div>
      )}
      {step.name === 'failed' && <ErrorBox {...step.fault} />}
    </>
  );
}

interface ReadingProps {
  readonly version: string;
  readonly progress: ReadProgress | null;
  readonly onCancel: () => void;
}

function Reading({ version, progress, onCancel }: ReadingProps) {
  const title = `Reading the tables of ${version}`;
  return (
    <div className="nuscenes__reading" data-testid="reading-tables">
      <p className="plate__line">
        <strong>{title}</strong>
        <span className="muted plate__rate">
          {progress && `${progress.table}.json · ${formatBytes(progress.bytesPerSecond)}/s`}
        </span>
        <Button label="Cancel" isSmall look="outline" onClick={onCancel} />
      </p>
      <Progress label={title} fraction={progress ? progress.loaded / Math.max(1, progress.total) : null} />
      <p className="muted">
        {progress && `${formatBytes(progress.loaded)} of ${formatBytes(progress.total)}. `}
        The result is remembered in this browser, so that the next time is instant.
      </p>
    </div>
  );
}
