import { useEffect, useMemo, useState } from 'react';
import { describeFault, type Fault } from '../../../opening/describeFault.ts';
import type { OpenerPanelProps } from '../../../opening/opener.ts';
import { Button } from '../../../ui/Button.tsx';
import { ErrorBox } from '../../../ui/ErrorBox.tsx';
import { countThings } from '../../../ui/format.ts';
import { Segments } from '../../../ui/Segments.tsx';
import type { DataRoot } from '../rootFiles.ts';
import { isNight, type RootIndex, type SceneEntry } from '../rootIndex.ts';
import { openScene, type SceneClip } from '../sceneClip.ts';
import { followScenes } from './followScenes.ts';
import { SceneRow } from './SceneRow.tsx';

interface SceneBrowserProps extends Pick<OpenerPanelProps, 'openClip' | 'close'> {
  readonly root: DataRoot;
  readonly index: RootIndex;
}

type Light = 'any' | 'day' | 'night';

/** Every scene of the tables, found by words and by light; a click opens one. */
export function SceneBrowser({ root, index, openClip, close }: SceneBrowserProps) {
  const [words, setWords] = useState('');
  const [light, setLight] = useState<Light>('any');
  const [fault, setFault] = useState<Fault | null>(null);
  const [doubtful, setDoubtful] = useState<SceneClip | null>(null);
  const found = useMemo(() => findScenes(index.scenes, words, light), [index, words, light]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what the page gives does the same at any time.
  const follower = useMemo(
    () =>
      followScenes({
        openScene: (scene) => openScene(root, index, scene),
        openClip,
        close,
        onDoubt: setDoubtful,
        onFault: (error) => setFault(error === null ? null : describeFault(error)),
      }),
    [root, index],
  );
  useEffect(() => () => follower.stop(), [follower]);
  return (
    <div className="nuscenes">
      <div className="nuscenes__search">
        <input
          type="search"
          className="opening__field"
          aria-label="Search scenes"
          placeholder="Name, place or what happens"
          value={words}
          onChange={(event) => setWords(event.target.value)}
        />
        <Segments<Light>
          label="Light"
          value={light}
          options={[
            { value: 'any', label: 'Any' },
            { value: 'day', label: 'Day' },
            { value: 'night', label: 'Night' },
          ]}
          onChange={setLight}
        />
        <span className="muted" data-testid="scene-count">
          {found.length === index.scenes.length
            ? countThings(found.length, 'scene')
            : `${found.length} of ${countThings(index.scenes.length, 'scene')}`}
        </span>
      </div>
      {fault && <ErrorBox {...fault} />}
      {doubtful && <Doubt opened={doubtful} onOpen={() => follower.accept(doubtful)} />}
      {index.faults.length > 0 && <FaultList title="What is wrong with the tables" faults={index.faults} />}
      <ul className="nuscenes__list">
        {found.map((scene) => (
          <SceneRow key={scene.name} root={root} index={index} scene={scene} onOpen={() => follower.choose(scene)} />
        ))}
      </ul>
    </div>
  );
}

function findScenes(scenes: readonly SceneEntry[], words: string, light: Light): SceneEntry[] {
  const parts = words.toLowerCase().split(/\s+/).filter(Boolean);
  return scenes.filter((scene) => {
    if (light !== 'any' && isNight(scene) !== (light === 'night')) return false;
    const text = `${scene.name} ${scene.description} ${scene.location}`.toLowerCase();
    return parts.every((part) => text.includes(part));
  });
}

function Doubt({ opened, onOpen }: { readonly opened: SceneClip; readonly onOpen: () => void }) {
  return (
    <ErrorBox
      tone="warning"
      sentence={`The tables of ${opened.clip.title} have faults.`}
      nextStep="What they do not concern plays."
      detail={opened.faults.join('\n')}
    >
      <Button label="Open it" look="solid" isSmall onClick={onOpen} />
    </ErrorBox>
  );
}

function FaultList({ title, faults }: { readonly title: string; readonly faults: readonly string[] }) {
  return (
    <details className="nuscenes__faults">
      <summary>
        {title} ({faults.length})
      </summary>
      <ul>
        {faults.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </details>
  );
}
