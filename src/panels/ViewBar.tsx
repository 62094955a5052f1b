import { describeCamera } from '../imagePanels/cameraNames.ts';
import { toggleSwipe } from '../stores/compareActions.ts';
import { usePage, usePageState } from '../stores/page.tsx';
import { MAXIMUM_PANES } from '../stores/panes.ts';
import { choosePreset, type ViewPreset } from '../stores/viewStore.ts';
import { Button } from '../ui/Button.tsx';
import { Segments } from '../ui/Segments.tsx';

/** What all 3D panes share: how many there are, how they are laid out, and where they look from. */
export function ViewBar() {
  const { stores, actions } = usePage();
  const hasTruth = usePageState('clip', (state) => state.clip?.hasTruth ?? false);
  const count = usePageState('view', (state) => state.panes.length);
  const layout = usePageState('view', (state) => state.layout);
  const isLinked = usePageState('view', (state) => state.areCamerasLinked);
  const preset = usePageState('view', (state) => state.preset);
  const followEgo = usePageState('view', (state) => state.followEgo);
  const cameraNames = usePageState('clip', (state) => state.clip?.cameraNames);
  const run = (id: string) => actions.find((action) => action.id === id)?.run();
  return (
    <div className="view-bar" role="toolbar" aria-label="Columns and cameras of the 3D view">
      <Button
        icon="columns"
        label="Compare"
        shortcut="B"
        isSmall
        isPressed={count > 1}
        disabled={!hasTruth}
        onClick={() => run('side-by-side')}
      />
      <Button
        icon="swipe"
        label="Swipe"
        shortcut="I"
        isSmall
        isPressed={layout === 'swipe'}
        disabled={!hasTruth && count < 2}
        onClick={() => toggleSwipe(stores)}
      />
      <Button
        icon="add"
        label="Column"
        shortcut="N"
        isSmall
        disabled={count >= MAXIMUM_PANES}
        onClick={() => run('add-column')}
      />
      {count > 1 && (
        <Button
          icon="link"
          label={isLinked ? 'Cameras linked' : 'Cameras apart'}
          shortcut="K"
          isSmall
          isPressed={isLinked}
          onClick={() => run('link')}
        />
      )}
      <Button
        icon="image"
        label="Save a still with legend and numbers"
        iconOnly
        isSmall
        shortcut="Shift U"
        onClick={() => run('save-figure')}
      />
      <Button icon="export" label="Export…" iconOnly isSmall shortcut="Shift E" onClick={() => run('export')} />
      <div className="view-bar__end">
        <Segments<ViewPreset>
          label="Camera of the 3D view"
          value={preset}
          options={[
            { value: 'birds-eye', label: 'Bird’s-eye', hint: 'Straight down (1)' },
            { value: 'chase', label: 'Chase', hint: 'Behind the vehicle (2)' },
            { value: 'free', label: 'Free', hint: 'Orbit with the pointer (3)' },
            ...listOwnView(preset, cameraNames ?? []),
          ]}
          onChange={(value) => choosePreset(stores.view, value)}
        />
        <Button
          icon="follow"
          label="Follow the ego vehicle"
          iconOnly
          isSmall
          shortcut="F"
          isPressed={followEgo}
          onClick={() => stores.view.setState({ followEgo: !followEgo })}
        />
      </div>
    </div>
  );
}

/** A rig camera's view is chosen in the strip; while it is on, it stands among the presets. */
function listOwnView(preset: ViewPreset, cameraNames: readonly string[]) {
  const name = cameraNames[Number(preset.split(':')[1] ?? Number.NaN)];
  if (name === undefined) return [];
  const words = describeCamera(name);
  return [
    { value: preset, label: `${words[0]!.toUpperCase()}${words.slice(1)} camera`, hint: 'As this camera sees it' },
  ];
}
