import './stored.css';
import { useEffect, useMemo, useState } from 'react';
import { OccuscopeError } from '../../errors/catalogue.ts';
import type { OpenerPanelProps } from '../../opening/opener.ts';
import { usePageState } from '../../stores/page.tsx';
import { Button } from '../../ui/Button.tsx';
import { ErrorBox } from '../../ui/ErrorBox.tsx';
import { countThings, describeShare } from '../../ui/format.ts';
import { Progress } from '../../ui/Progress.tsx';
import { Segments } from '../../ui/Segments.tsx';
import { Select } from '../../ui/Select.tsx';
import { applyLayout, type StoredVolume } from '../applyLayout.ts';
import type { FileGroup } from '../findFiles.ts';
import { guessPurpose } from '../guessPurpose.ts';
import { type Matching, openStored } from '../openStored.ts';
import { openStoredTruth } from '../openStoredTruth.ts';
import { rememberLayout } from '../rememberLayout.ts';
import type { StoredLayout } from '../storedLayout.ts';
import { FromAbove } from './FromAbove.tsx';
import { LayoutFields } from './LayoutFields.tsx';
import { type Example, useExample, useMatch, useScan } from './useStoredRun.ts';

/** Predictions of another program, or ground truth: what was found, how it will be read and why, and how it looks from above. */
export function StoredPanel(props: OpenerPanelProps) {
  const { entries, found, error } = useScan(props.tree);
  const [chosen, setChosen] = useState(0);
  if (error !== null) return <Fault error={error} />;
  if (!found)
    return (
      <Progress
        label={`Looking through ${props.tree.name}: ${countThings(entries, 'entry', 'entries')}`}
        fraction={null}
      />
    );
  const group = found.groups[chosen];
  if (!group) return <NothingFound name={props.tree.name} pickles={found.pickles} />;
  return (
    <div className="stored">
      {found.groups.length > 1 && (
        <Select
          label="Which files"
          value={String(chosen)}
          options={found.groups.map(({ pattern, paths }, index) => ({
            value: String(index),
            label: `${pattern} (${paths.length})`,
          }))}
          onChange={(value) => setChosen(Number(value))}
        />
      )}
      <Run key={group.pattern} {...props} group={group} isCut={found.isCut} />
    </div>
  );
}

interface RunProps extends OpenerPanelProps {
  readonly group: FileGroup;
  readonly isCut: boolean;
}

function Run({ tree, group, isCut, addPredictions, addTruth, close }: RunProps) {
  const clip = usePageState('clip', (state) => state.clip);
  const [matching, setMatching] = useState<Matching | null>(null);
  const { match, read, fault } = useMatch(tree, group.paths, matching);
  const { example, error } = useExample(tree, group.paths, match.find);
  const ownToken = example?.arrays.token ?? null;
  // Files that name their frame themselves are matched by that, where their paths say nothing.
  useEffect(() => {
    if (ownToken !== null && match.matching === 'order') setMatching((before) => before ?? 'inside');
  }, [ownToken, match.matching]);
  const [changed, setChanged] = useState<StoredLayout | null>(null);
  const layout = changed ?? example?.guess.layout ?? null;
  const result = useMemo(() => readExample(example, layout), [example, layout]);
  const words = `${countThings(group.paths.length, 'file')} “${group.pattern}”`;
  const purpose = example && layout ? guessPurpose(example.arrays, example.path, layout) : null;
  const show = (what: 'column' | 'truth') => {
    if (!example || !layout || !result.volume) return;
    if (changed) void rememberLayout(example.sort, changed);
    const { find } = match;
    if (what === 'column') addPredictions(openStored({ tree, title: tree.name, layout, find, sample: result.volume }));
    else if (clip) addTruth(openStoredTruth({ tree, layout, find, clip }));
    close();
  };
  return (
    <>
      <p>
        {words}
        {isCut && ', and more than can be looked through'}.{' '}
        {clip ? `${describeShare(match.frames, clip.frames.length, clip.title, 'one')}.` : 'No clip is open yet.'}
      </p>
      {match.matching === 'order' && group.paths.length > 1 && (
        <p className="muted">
          Nothing in the names says which frame is whose: the first file is taken for the first frame, and so on.
        </p>
      )}
      {match.matching === 'number' && (
        <p className="muted">Files belong to the frames whose images, or places in the clip, have their number.</p>
      )}
      <MatchFields
        matching={match.matching}
        hasToken={example === null || example.arrays.token !== null}
        onChange={setMatching}
      />
      {read !== null && <TokenProgress read={read} count={group.paths.length} />}
      {[fault, error].map(
        (each, place) => each !== null && <Fault key={place === 0 ? 'match' : 'example'} error={each} />,
      )}
      {example && layout && (
        <div className="stored__columns">
          <div>
            <p className="muted">How {example.path} is read:</p>
            <ul className="stored__reasons">
              {[...example.guess.reasons, ...(purpose ? [purpose] : [])].map((reason) => (
                <li key={reason}>{reason}</li>
              ))}
            </ul>
            <LayoutFields layout={layout} onChange={setChanged} />
            {result.fault !== null && <Fault error={result.fault} />}
          </div>
          {result.volume && <FromAbove volume={result.volume} />}
        </div>
      )}
      <div className="opening__buttons">
        <Button
          label="Show as a column"
          look={purpose ? 'outline' : 'solid'}
          disabled={!result.volume}
          onClick={() => show('column')}
        />
        <Button
          label="Use as ground truth"
          look={purpose ? 'solid' : 'outline'}
          disabled={!result.volume || match.frames === 0}
          title="On the clip’s grid, for the frames that have a file"
          onClick={() => show('truth')}
        />
        {changed && <Button label="Back to the guess" look="outline" onClick={() => setChanged(null)} />}
        <Button label="Cancel" onClick={close} />
      </div>
    </>
  );
}

interface MatchFieldsProps {
  readonly matching: Matching;
  readonly hasToken: boolean;
  readonly onChange: (matching: Matching) => void;
}

function MatchFields({ matching, hasToken, onChange }: MatchFieldsProps) {
  return (
    <Segments<Matching>
      label="How files belong to frames"
      value={matching}
      options={[
        { value: 'path', label: 'Token or time in the path' },
        { value: 'inside', label: 'Token in the file', isDisabled: !hasToken },
        { value: 'number', label: 'By number' },
        { value: 'order', label: 'In order' },
      ]}
      onChange={onChange}
    />
  );
}

function TokenProgress({ read, count }: { readonly read: number; readonly count: number }) {
  return <Progress label={`Reading the token of file ${read} of ${count}`} fraction={read / count} />;
}

interface ExampleResult {
  readonly volume: StoredVolume | null;
  readonly fault: unknown;
}

function readExample(example: Example | null, layout: StoredLayout | null): ExampleResult {
  if (!example || !layout) return { volume: null, fault: null };
  try {
    return { volume: applyLayout(example.arrays, layout, example.path), fault: null };
  } catch (fault) {
    return { volume: null, fault };
  }
}

function Fault({ error }: { readonly error: unknown }) {
  if (error instanceof OccuscopeError) {
    const { sentence, nextStep, detail, code } = error;
    return <ErrorBox {...{ sentence, nextStep, detail, code }} />;
  }
  return <ErrorBox sentence="The files could not be read." detail={String(error)} />;
}

function NothingFound({ name, pickles }: { readonly name: string; readonly pickles: readonly string[] }) {
  const pickle = pickles[0];
  if (pickle === undefined) return <ErrorBox sentence={`${name} holds no npz, npy, label or bin files.`} />;
  return (
    <ErrorBox
      sentence={`${name} holds Python pickles, which may run code when they are opened and are left closed.`}
      nextStep="In Python, save each frame with numpy.savez_compressed(token + '.npz', semantics=labels) and drop that folder."
      detail={pickle}
    />
  );
}
