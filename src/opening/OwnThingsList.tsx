import { useEffect, useState } from 'react';
import { Button } from '../ui/Button.tsx';
import { formatBytes } from '../ui/format.ts';
import { Switch } from '../ui/Switch.tsx';

/** Something that the visitor has handed to the page. */
export interface OwnThing {
  readonly kind: 'clip' | 'model';
  readonly id: string;
  readonly title: string;
  /** Null where the bytes stay where they are. */
  readonly bytes: number | null;
  readonly isKept: boolean;
  readonly isOpen: boolean;
}

/** What the visitor has handed over, in this visit and before. */
export interface OwnThings {
  list(): Promise<readonly OwnThing[]>;
  open(thing: OwnThing): Promise<void>;
  remove(thing: OwnThing): Promise<void>;
  /** Keep a model in this browser, or no longer. */
  setKept(thing: OwnThing, isKept: boolean): Promise<void>;
}

interface OwnThingsListProps {
  readonly own: OwnThings;
  readonly onFault: (error: unknown) => void;
  readonly onClose: () => void;
}

/** Clips and models of the visitor's own, with their sizes: open again, keep, remove. */
export function OwnThingsList({ own, onFault, onClose }: OwnThingsListProps) {
  const [things, setThings] = useState<readonly OwnThing[]>([]);
  const refresh = () => void own.list().then(setThings, onFault);
  // biome-ignore lint/correctness/useExhaustiveDependencies: read once, and after each change.
  useEffect(refresh, []);
  if (things.length === 0) return null;
  const change = (work: Promise<void>) => void work.then(refresh, onFault);
  return (
    <section className="opening__own" aria-label="Yours">
      <h3>Yours</h3>
      <ul>
        {things.map((thing) => (
          <li key={`${thing.kind} ${thing.id}`}>
            <span className="opening__title">{thing.title}</span>
            <span className="muted">
              {thing.kind}
              {thing.bytes !== null && ` · ${formatBytes(thing.bytes)}`}
              {thing.isOpen && ' · open'}
            </span>
            {thing.kind === 'model' && (
              <Switch
                label="Keep in this browser"
                isOn={thing.isKept}
                onChange={(isKept) => change(own.setKept(thing, isKept))}
              />
            )}
            {!thing.isOpen && (
              <>
                <Button
                  label="Open"
                  isSmall
                  look="outline"
                  onClick={() => {
                    onClose();
                    own.open(thing).catch(() => undefined);
                  }}
                />
                <Button label="Remove" isSmall look="outline" onClick={() => change(own.remove(thing))} />
              </>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
