import type { Clip } from '../../../domain/clip.ts';
import type { SceneEntry } from '../rootIndex.ts';
import type { SceneClip } from '../sceneClip.ts';

/** What choosing scenes needs of the panel around it. */
export interface ScenePorts {
  openScene(scene: SceneEntry): Promise<SceneClip>;
  /** The page owns the clip from then on. */
  openClip(clip: Clip): Promise<void>;
  close(): void;
  /** A scene with faults, which a person has to accept; null = none any more. */
  onDoubt(opened: SceneClip | null): void;
  onFault(error: unknown): void;
}

/** From a click on a scene to the clip on the page. */
export interface SceneFollower {
  choose(scene: SceneEntry): void;
  /** A person takes a scene in spite of its faults. */
  accept(opened: SceneClip): void;
  /** The panel is gone: what is under way opens nothing any more. */
  stop(): void;
}

/** Follow one choice at a time: a later one takes the place of what is still opening, however long that takes. */
export function followScenes({ openScene, openClip, close, onDoubt, onFault }: ScenePorts): SceneFollower {
  let latest = 0;
  const begin = () => {
    latest += 1;
    const own = latest;
    return () => own === latest;
  };
  const accept = ({ clip }: SceneClip) => {
    const isWanted = begin();
    openClip(clip).then(
      () => isWanted() && close(),
      (error: unknown) => isWanted() && onFault(error),
    );
  };
  return {
    choose(scene) {
      const isWanted = begin();
      onFault(null);
      onDoubt(null);
      openScene(scene).then(
        (opened) => {
          if (!isWanted()) opened.clip.close();
          else if (opened.faults.length > 0) onDoubt(opened);
          else accept(opened);
        },
        (error: unknown) => isWanted() && onFault(error),
      );
    },
    accept,
    stop: () => void begin(),
  };
}
