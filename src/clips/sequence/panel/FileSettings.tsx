import { type ReactNode, useEffect, useState } from 'react';
import type { Fault } from '../../../opening/describeFault.ts';
import { ErrorBox } from '../../../ui/ErrorBox.tsx';
import { countThings } from '../../../ui/format.ts';
import { Select } from '../../../ui/Select.tsx';
import { changePictures, type PictureSettings } from '../draft.ts';
import { guessPatterns } from '../namePattern.ts';
import type { FolderContents } from '../scanFiles.ts';
import { type TimeUnit, timeUnits } from '../timestamps.ts';
import type { SequenceState } from './useSequence.ts';

interface FileSettingsProps {
  readonly state: SequenceState;
  readonly contents: FolderContents;
  readonly pictures: PictureSettings;
}

/** Which files are what: pictures and their times, the calibration, poses. */
export function FileSettings(props: FileSettingsProps) {
  return (
    <div className="sequence__files">
      <Pictures {...props} />
      <Calibration {...props} />
      <Poses {...props} />
    </div>
  );
}

function Group({
  title,
  fault,
  children,
}: {
  readonly title: string;
  readonly fault: Fault | null;
  readonly children: ReactNode;
}) {
  return (
    <fieldset className="sequence__group">
      <legend>{title}</legend>
      {children}
      {fault && <ErrorBox {...fault} />}
    </fieldset>
  );
}

const unitWords: Readonly<Record<TimeUnit, string>> = {
  seconds: 'seconds',
  milliseconds: 'milliseconds',
  microseconds: 'microseconds',
  nanoseconds: 'nanoseconds',
  frame: 'numbers of frames',
};

function Pictures({ state, contents, pictures }: FileSettingsProps) {
  const { found } = state;
  const set = (change: Partial<PictureSettings>) => state.setPictures(changePictures(pictures, change));
  const isNumbered = (pictures.unit ?? found.value?.unit) === 'frame';
  return (
    <Group title="Pictures" fault={found.fault}>
      {contents.videos.length > 0 && (
        <Row label="From">
          <Select
            label="Kind of pictures"
            value={pictures.source}
            options={[
              { value: 'images', label: countThings(contents.images.length, 'image') },
              { value: 'videos', label: `${countThings(contents.videos.length, 'video')}, one for each camera` },
            ]}
            onChange={(source) => set({ source: source as PictureSettings['source'] })}
          />
        </Row>
      )}
      {pictures.source === 'images' && (
        <>
          <PatternField contents={contents} pictures={pictures} onChange={(pattern) => set({ pattern })} />
          <Row label="Times">
            <Select
              label="Where times are"
              value={pictures.timesPath ?? ''}
              options={[{ value: '', label: 'in the names' }, ...asOptions(contents.times)]}
              onChange={(path) => set({ timesPath: path || null })}
            />
            <Select
              label="What times count"
              value={pictures.unit ?? ''}
              options={[
                { value: '', label: found.value ? `guessed: ${unitWords[found.value.unit]}` : 'guessed' },
                ...timeUnits.map((unit) => ({ value: unit, label: unitWords[unit] })),
              ]}
              onChange={(unit) => set({ unit: (unit || null) as TimeUnit | null })}
            />
          </Row>
          {isNumbered && (
            <NumberRow
              label="Pictures per second"
              value={pictures.frameRate}
              minimum={0.1}
              maximum={1000}
              onChange={(frameRate) => set({ frameRate })}
            />
          )}
        </>
      )}
      <NumberRow
        label="Key frames per second"
        value={state.wishes.rate}
        minimum={0.01}
        maximum={60}
        onChange={(rate) => state.wish({ rate })}
      />
      <NumberRow
        label="Cameras fire together within (s)"
        value={state.wishes.imageGap}
        minimum={0}
        maximum={10}
        onChange={(imageGap) => state.wish({ imageGap })}
      />
      <label className="sequence__row">
        <span className="sequence__label">Keep moments in which a camera has no image</span>
        <input
          type="checkbox"
          checked={state.wishes.keepsGaps}
          onChange={(event) => state.wish({ keepsGaps: event.target.checked })}
        />
      </label>
      {found.value && found.value.unmatched > 0 && (
        <p className="sequence__note">
          {found.value.unmatched === 1
            ? '1 image does not fit the pattern and is left out.'
            : `${found.value.unmatched} images do not fit the pattern and are left out.`}
        </p>
      )}
    </Group>
  );
}

/** The guess, the other guesses that fit, and room for an own one; what is typed counts when the field is left. */
function PatternField({
  contents,
  pictures,
  onChange,
}: {
  readonly contents: FolderContents;
  readonly pictures: PictureSettings;
  readonly onChange: (pattern: string) => void;
}) {
  const [text, setText] = useState(pictures.pattern);
  useEffect(() => setText(pictures.pattern), [pictures.pattern]);
  const [guesses] = useState(() => guessPatterns(contents.images));
  const others = guesses.filter((guess) => guess !== pictures.pattern).slice(0, 4);
  return (
    <>
      <Row label="Names">
        <input
          className="opening__field sequence__pattern"
          aria-label="How images are named"
          value={text}
          spellCheck={false}
          onChange={(event) => setText(event.target.value)}
          onBlur={() => onChange(text)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') onChange(text);
          }}
        />
      </Row>
      <p className="muted">
        {'{camera}'} and {'{time}'} stand for those parts, * for anything. First image: {contents.images[0]}
      </p>
      {others.length > 0 && (
        <p className="muted">
          Also fits:{' '}
          {others.map((guess) => (
            <button key={guess} type="button" className="sequence__guess" onClick={() => onChange(guess)}>
              {guess}
            </button>
          ))}
        </p>
      )}
    </>
  );
}

function Calibration({ state, contents }: FileSettingsProps) {
  const { rig, calibration } = state;
  return (
    <Group title="Calibration" fault={calibration.fault}>
      <Row label="File">
        <Select
          label="File of the calibration"
          value={state.calibrationPath}
          options={[{ value: '', label: 'none: start from a guess' }, ...asOptions(contents.calibrations)]}
          onChange={(calibrationPath) => state.wish({ calibrationPath, adjustments: new Map() })}
        />
      </Row>
      {rig && !calibration.fault && (
        <p className="muted">
          {rig.format}: {countThings(rig.cameras.length, 'camera')}
          {rig.egoFromLidar && ' and a lidar'}
        </p>
      )}
    </Group>
  );
}

function Poses({ state, contents }: FileSettingsProps) {
  const { track, wishes, rig } = state;
  return (
    <Group title="Poses" fault={track.fault}>
      <Row label="File">
        <Select
          label="File of the poses"
          value={state.posesPath}
          options={[{ value: '', label: 'none: the memory stays off' }, ...asOptions(contents.poses)]}
          onChange={(posesPath) => state.wish({ posesPath })}
        />
      </Row>
      {state.posesPath && (
        <>
          <Row label="Of">
            <Select
              label="Whose poses they are"
              value={wishes.posesOf ?? ''}
              options={[
                { value: '', label: track.value?.format === 'KITTI' ? 'camera 0, as in KITTI' : 'the ego' },
                ...(rig?.cameras ?? []).map(({ name }) => ({ value: name, label: name })),
              ]}
              onChange={(posesOf) => state.wish({ posesOf: posesOf || null })}
            />
          </Row>
          <NumberRow
            label="Interpolate over at most (s)"
            value={wishes.poseGap}
            minimum={0}
            maximum={60}
            onChange={(poseGap) => state.wish({ poseGap })}
          />
          {track.value && (
            <p className="muted">
              {track.value.format}: {track.value.poses.length} poses
            </p>
          )}
        </>
      )}
    </Group>
  );
}

function asOptions(paths: readonly string[]) {
  return paths.map((path) => ({ value: path, label: path }));
}

function Row({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className="sequence__row">
      <span className="sequence__label">{label}</span>
      {children}
    </div>
  );
}

interface NumberRowProps {
  readonly label: string;
  readonly value: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly onChange: (value: number) => void;
}

/** A number that counts when it is inside its bounds. */
function NumberRow({ label, value, minimum, maximum, onChange }: NumberRowProps) {
  const [text, setText] = useState(String(value));
  useEffect(() => setText(String(value)), [value]);
  const typed = Number(text);
  const isGood = text.trim() !== '' && typed >= minimum && typed <= maximum;
  return (
    <label className="sequence__row">
      <span className="sequence__label">{label}</span>
      <input
        className="opening__field sequence__number"
        inputMode="decimal"
        value={text}
        aria-invalid={!isGood}
        onChange={(event) => setText(event.target.value)}
        onBlur={() => (isGood ? onChange(typed) : setText(String(value)))}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && isGood) onChange(typed);
        }}
      />
    </label>
  );
}
