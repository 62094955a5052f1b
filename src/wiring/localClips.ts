import type { Clip } from '../domain/clip.ts';
import type { ClipChoice } from '../stores/clipStore.ts';

/** Clips that the visitor has handed to the page. They stay until they are removed, so that one can go back to them. */
export interface LocalClips {
  /** Returns the id under which the clip can be opened: its own, in letters that the address bar takes, and not one that is `taken`. */
  add(clip: Clip, taken: readonly string[]): string;
  open(id: string): Clip | null;
  list(): readonly ClipChoice[];
  remove(id: string): void;
}

export function createLocalClips(): LocalClips {
  const clips = new Map<string, Clip>();
  return {
    add(clip, taken) {
      const plain = clip.id.replace(/[^\w.-]+/g, '-').slice(0, 70) || 'clip';
      const id = taken.includes(plain) && !clips.has(plain) ? `${plain}-own` : plain;
      clips.get(id)?.close();
      clips.set(id, clip);
      return id;
    },
    open(id) {
      const clip = clips.get(id);
      // Whoever shows it closes what it shows; the clip itself is closed by `remove`.
      return clip ? { ...clip, id, close: () => undefined } : null;
    },
    list: () => [...clips].map(([id, { title }]) => ({ id, title, isHidden: false })),
    remove(id) {
      clips.get(id)?.close();
      clips.delete(id);
    },
  };
}
