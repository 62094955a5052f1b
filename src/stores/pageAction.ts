/** One thing that a person can do: the table of these drives the keys and the help. */
export interface PageAction {
  readonly id: string;
  readonly group: 'Playback' | '3D view' | 'Compare' | 'Metrics' | 'Show' | 'Page';
  readonly title: string;
  /** Chords as `matchChord` of src/ui reads them; the first is the one that is printed. */
  readonly keys: readonly string[];
  readonly run: () => void;
  /** What ends when the key is let go, for actions that last as long as it is held. */
  readonly release?: () => void;
}
