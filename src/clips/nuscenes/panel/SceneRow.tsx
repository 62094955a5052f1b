import { useEffect, useRef, useState } from 'react';
import { countThings } from '../../../ui/format.ts';
import { findPresence, type Presence } from '../findPresence.ts';
import type { DataRoot } from '../rootFiles.ts';
import { isNight, measureSeconds, type RootIndex, type SceneEntry } from '../rootIndex.ts';

interface SceneRowProps {
  readonly root: DataRoot;
  readonly index: RootIndex;
  readonly scene: SceneEntry;
  readonly onOpen: () => void;
}

/** One scene: picture, name, place, light, length, what happens, and what of it is on the disk. Looked at when it comes into sight. */
export function SceneRow({ root, index, scene, onOpen }: SceneRowProps) {
  const row = useRef<HTMLLIElement>(null);
  const [presence, setPresence] = useState<Presence | null>(null);
  useEffect(() => {
    if (!row.current) return;
    const observer = new IntersectionObserver(([entry]) => {
      if (!entry?.isIntersecting) return;
      observer.disconnect();
      findPresence(root, index, scene).then(setPresence, () => undefined);
    });
    observer.observe(row.current);
    return () => observer.disconnect();
  }, [root, index, scene]);
  return (
    <li ref={row} className="scene" data-scene={scene.name}>
      <button type="button" className="scene__button" onClick={onOpen}>
        <Thumbnail picture={presence?.picture ?? null} />
        <span className="scene__words">
          <span>
            <strong>{scene.name}</strong>
            <span className="muted">
              {' '}
              {[
                scene.location,
                isNight(scene) ? 'night' : 'day',
                `${measureSeconds(index, scene).toFixed(0)} s, ${countThings(scene.sampleCount, 'frame')}`,
              ]
                .filter(Boolean)
                .join(' · ')}
            </span>
          </span>
          <span className="scene__description">{scene.description}</span>
          {scene.faults.map((fault) => (
            <span key={fault} className="scene__fault">
              {fault}
            </span>
          ))}
        </span>
        <span className="scene__presence">{presence && <PresenceChips presence={presence} />}</span>
      </button>
    </li>
  );
}

function PresenceChips({ presence }: { readonly presence: Presence }) {
  const { images, lidar, occ3d, openOcc, surroundOcc, openOccupancy } = presence;
  const chips = [
    { label: images === 'some' ? 'some images' : 'images', isThere: images !== 'none' },
    { label: 'Occ3D', isThere: occ3d },
    { label: 'OpenOcc', isThere: openOcc },
    { label: 'SurroundOcc', isThere: surroundOcc },
    { label: 'OpenOccupancy', isThere: openOccupancy },
    { label: 'lidar', isThere: lidar },
  ];
  return chips.map(({ label, isThere }) => (
    <span key={label} className={isThere ? 'scene__chip' : 'scene__chip scene__chip--missing'}>
      {isThere ? label : `no ${label}`}
    </span>
  ));
}

function Thumbnail({ picture }: { readonly picture: Blob | null }) {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (!picture) return;
    const made = URL.createObjectURL(picture);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [picture]);
  return <span className="scene__picture">{url && <img src={url} alt="" decoding="async" />}</span>;
}
