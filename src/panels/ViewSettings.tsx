import { useState } from 'react';
import { describeCamera } from '../imagePanels/cameraNames.ts';
import { usePage, usePageState } from '../stores/page.tsx';
import type { PaletteId } from '../stores/viewStore.ts';
import { RangeSlider } from '../ui/RangeSlider.tsx';
import { Section } from '../ui/Section.tsx';
import { Segments } from '../ui/Segments.tsx';
import { Select } from '../ui/Select.tsx';
import { Switch } from '../ui/Switch.tsx';

const paletteNames: Record<PaletteId, string> = {
  occ3d: 'Occ3D',
  nuscenes: 'nuScenes',
  'colour-blind-safe': 'Colour-blind safe',
};

/** Voxels over the camera images, and the limit to what one camera sees. */
export function ImageSettings() {
  const { stores } = usePage();
  const content = usePageState('view', (state) => state.imageVoxels);
  const opacity = usePageState('view', (state) => state.imageOpacity);
  const seenBy = usePageState('view', (state) => state.seenBy);
  const hasTruth = usePageState('clip', (state) => state.clip?.hasTruth ?? false);
  const names = usePageState('clip', (state) => state.clip?.cameraNames);
  const isUsed = content !== 'off' || seenBy !== null;
  // What is used unfolds; taking it back does not fold it under the hand that did.
  const [isOpen, setOpen] = useState(isUsed);
  if (isUsed && !isOpen) setOpen(true);
  return (
    <Section title="Cameras" isOpen={isOpen}>
      <div className="field field--stacked">
        <span>Voxels on the images</span>
        <Segments<'off' | 'prediction' | 'truth'>
          label="Voxels on the images"
          value={content}
          options={[
            { value: 'off', label: 'Off' },
            { value: 'prediction', label: 'Predicted', hint: 'As each camera would see them (Shift C)' },
            { value: 'truth', label: 'True', isDisabled: !hasTruth },
          ]}
          onChange={(value) => stores.view.setState({ imageVoxels: value })}
        />
      </div>
      {content !== 'off' && (
        <label className="field">
          Opacity
          <input
            type="range"
            min={0}
            max={100}
            value={Math.round(opacity * 100)}
            aria-valuetext={`${Math.round(opacity * 100)} per cent`}
            onChange={(event) => stores.view.setState({ imageOpacity: Number(event.target.value) / 100 })}
          />
        </label>
      )}
      <div className="field">
        <span>Only seen by</span>
        <Select
          label="Show only what this camera sees"
          value={seenBy === null ? '' : String(seenBy)}
          options={[
            { value: '', label: 'any or no camera' },
            ...(names ?? []).map((name, index) => ({ value: String(index), label: describeCamera(name) })),
          ]}
          onChange={(value) => stores.view.setState({ seenBy: value === '' ? null : Number(value) })}
        />
      </div>
    </Section>
  );
}

/** How voxels are drawn: palette, height slice, arrows, grid, ego. */
export function ViewSettings() {
  const { stores } = usePage();
  const palette = usePageState('view', (state) => state.palette);
  const showArrows = usePageState('view', (state) => state.showArrows);
  const showGrid = usePageState('view', (state) => state.showGrid);
  const showFrusta = usePageState('view', (state) => state.showFrusta);
  const showTrajectory = usePageState('view', (state) => state.showTrajectory);
  const showEgo = usePageState('view', (state) => state.showEgo);
  return (
    <Section title="View">
      <div className="field">
        <span>Palette</span>
        <Select
          label="Palette"
          value={palette}
          options={Object.entries(paletteNames).map(([value, label]) => ({ value, label }))}
          onChange={(value) => stores.view.setState({ palette: value as PaletteId })}
        />
      </div>
      <HeightSlice />
      <Switch
        label="Flow arrows"
        shortcut="A"
        isOn={showArrows}
        onChange={(on) => stores.view.setState({ showArrows: on })}
      />
      <Switch
        label="Ground grid"
        shortcut="G"
        isOn={showGrid}
        onChange={(on) => stores.view.setState({ showGrid: on })}
      />
      <Switch
        label="Ego vehicle"
        shortcut="E"
        isOn={showEgo}
        onChange={(on) => stores.view.setState({ showEgo: on })}
      />
      <Switch
        label="Driven path"
        isOn={showTrajectory}
        onChange={(on) => stores.view.setState({ showTrajectory: on })}
      />
      <Switch
        label="Camera pyramids"
        shortcut="V"
        isOn={showFrusta}
        onChange={(on) => stores.view.setState({ showFrusta: on })}
      />
    </Section>
  );
}

function HeightSlice() {
  const { stores } = usePage();
  const grid = usePageState('clip', (state) => state.clip?.grid);
  const range = usePageState('view', (state) => state.heightRange);
  if (!grid) return null;
  const top = grid.size[2] - 1;
  const value = [Math.min(range?.[0] ?? 0, top), Math.min(range?.[1] ?? top, top)] as const;
  const bottomMetres = (layer: number) => (grid.lower[2] + layer * grid.voxel[2]).toFixed(1);
  return (
    <div className="field field--stacked">
      <span className="field__line">
        Height
        <span className="muted mono">
          {bottomMetres(value[0])} to {bottomMetres(value[1] + 1)} m
        </span>
      </span>
      <RangeSlider
        label="Height slice"
        minimum={0}
        maximum={top}
        value={value}
        describeValue={(layer) => `layer ${layer}, from ${bottomMetres(layer)} metres`}
        onChange={([low, high]) =>
          stores.view.setState({ heightRange: low === 0 && high === top ? null : [low, high] })
        }
      />
    </div>
  );
}
