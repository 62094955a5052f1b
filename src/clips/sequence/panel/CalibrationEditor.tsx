import { useMemo, useState } from 'react';
import type { FileTree } from '../../../domain/fileTree.ts';
import { Button } from '../../../ui/Button.tsx';
import { Segments } from '../../../ui/Segments.tsx';
import { Switch } from '../../../ui/Switch.tsx';
import { type Adjustment, describeHeading, noAdjustment } from '../adjustCamera.ts';
import { writeRigFile } from '../calibration/rigFile.ts';
import { chooseSweep } from '../lidarSweeps.ts';
import type { SequenceCamera } from '../openSequence.ts';
import type { Rig } from '../rig.ts';
import { EditorPicture } from './EditorPicture.tsx';
import type { SequenceState } from './useSequence.ts';

interface SliderWords {
  readonly label: string;
  readonly minimum: number;
  readonly maximum: number;
  readonly step: number;
  readonly unit: string;
}

const sliders: Readonly<Record<keyof Adjustment, SliderWords>> = {
  yaw: { label: 'Yaw (left +)', minimum: -30, maximum: 30, step: 0.1, unit: '°' },
  pitch: { label: 'Pitch (up +)', minimum: -30, maximum: 30, step: 0.1, unit: '°' },
  roll: { label: 'Roll (clockwise +)', minimum: -30, maximum: 30, step: 0.1, unit: '°' },
  x: { label: 'Forward', minimum: -5, maximum: 5, step: 0.01, unit: ' m' },
  y: { label: 'Left', minimum: -5, maximum: 5, step: 0.01, unit: ' m' },
  z: { label: 'Up', minimum: -3, maximum: 3, step: 0.01, unit: ' m' },
  focal: { label: 'Focal length', minimum: 0.5, maximum: 2, step: 0.001, unit: ' ×' },
};

interface CalibrationEditorProps {
  readonly tree: FileTree;
  readonly state: SequenceState;
  readonly onDone: () => void;
}

/** Shows where the calibration puts the ground, the ego and the lidar on each image, and lets a person move the camera until they fit. */
export function CalibrationEditor({ tree, state, onDone }: CalibrationEditorProps) {
  const cameras = state.settled?.cameras ?? [];
  const [name, setName] = useState(cameras[0]?.camera.name ?? '');
  const [pictureIndex, setPictureIndex] = useState(0);
  const [hasLines, setLines] = useState(true);
  const [hasLidar, setLidar] = useState(true);
  const current = cameras.find(({ camera }) => camera.name === name) ?? cameras[0];
  const lidar = state.contents.value?.lidar ?? [];
  const last = current ? current.media.times.length - 1 : 0;
  const index = Math.min(pictureIndex, last);
  const time = current?.media.times[index] ?? 0;
  const sweep = useMemo(
    () => (hasLidar ? chooseSweep(lidar, time, index, last + 1) : null),
    [hasLidar, lidar, time, index, last],
  );
  if (!current || !state.rig) return <p>No camera has a calibration.</p>;
  return (
    <div className="calibration" data-testid="calibration-editor">
      <Segments
        label="Camera"
        value={current.camera.name}
        options={cameras.map(({ camera }) => ({ value: camera.name, label: camera.name }))}
        onChange={setName}
      />
      <div className="calibration__body">
        <EditorPicture
          tree={tree}
          current={current}
          pictureIndex={index}
          hasLines={hasLines}
          sweep={sweep}
          egoFromLidar={state.rig.egoFromLidar}
        />
        <div className="calibration__side">
          <Switch label="Ground and ego" isOn={hasLines} onChange={setLines} />
          {lidar.length > 0 && <Switch label="Lidar points" isOn={hasLidar} onChange={setLidar} />}
          <PictureSlider last={last} index={index} onChange={setPictureIndex} />
          <Corrections state={state} current={current} />
        </div>
      </div>
      <div className="sequence__actions">
        <Button label="Export rig.json" look="outline" onClick={() => saveRig(cameras, state.rig!)} />
        <Button label="Done" look="solid" onClick={onDone} />
      </div>
    </div>
  );
}

function PictureSlider({
  last,
  index,
  onChange,
}: {
  readonly last: number;
  readonly index: number;
  readonly onChange: (index: number) => void;
}) {
  if (last === 0) return null;
  return (
    <label className="calibration__slider">
      <span>Picture</span>
      <output>
        {index + 1} of {last + 1}
      </output>
      <input type="range" min={0} max={last} value={index} onChange={(event) => onChange(Number(event.target.value))} />
    </label>
  );
}

function Corrections({ state, current }: { readonly state: SequenceState; readonly current: SequenceCamera }) {
  const { adjustments } = state.wishes;
  const { name, egoFromCamera: m } = current.camera;
  const adjustment = adjustments.get(name) ?? noAdjustment;
  const set = (change: Partial<Adjustment>) =>
    state.wish({ adjustments: new Map(adjustments).set(name, { ...adjustment, ...change }) });
  const { heading, elevation, roll } = describeHeading(m);
  return (
    <>
      {(Object.keys(sliders) as (keyof Adjustment)[]).map((key) => {
        const { label, minimum, maximum, step, unit } = sliders[key];
        return (
          <label key={key} className="calibration__slider">
            <span>{label}</span>
            <output>
              {adjustment[key].toFixed(step < 0.01 ? 3 : step < 0.1 ? 2 : 1)}
              {unit}
            </output>
            <input
              type="range"
              aria-label={label}
              min={minimum}
              max={maximum}
              step={step}
              value={adjustment[key]}
              onChange={(event) => set({ [key]: Number(event.target.value) })}
              onDoubleClick={() => set({ [key]: noAdjustment[key] })}
            />
          </label>
        );
      })}
      <p className="muted">
        {name} looks {describeTurn(heading)}, {elevation.toFixed(1)}° up, rolled {roll.toFixed(1)}°, from (
        {m[3]!.toFixed(2)}, {m[7]!.toFixed(2)}, {m[11]!.toFixed(2)}) m; focal length{' '}
        {current.camera.intrinsics[0]!.toFixed(1)} px.
      </p>
      <div className="calibration__resets">
        <Button label="Reset this camera" icon="reset" look="outline" isSmall onClick={() => set(noAdjustment)} />
        <Button label="Reset all" look="outline" isSmall onClick={() => state.wish({ adjustments: new Map() })} />
      </div>
    </>
  );
}

function describeTurn(heading: number): string {
  const side = heading >= 0 ? 'left' : 'right';
  return `${Math.abs(heading).toFixed(1)}° to the ${side}`;
}

function saveRig(cameras: readonly SequenceCamera[], rig: Rig): void {
  const text = writeRigFile({ cameras: cameras.map(({ camera }) => camera), egoFromLidar: rig.egoFromLidar });
  const address = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const anchor = document.createElement('a');
  anchor.href = address;
  anchor.download = 'rig.json';
  anchor.click();
  // The download has taken the bytes by then.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
