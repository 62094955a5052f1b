import { type KeyboardEvent, type PointerEvent, useRef } from 'react';

interface EdgeHandleProps {
  readonly label: string;
  /** Where the edge stands, a share of the whole. */
  readonly value: number;
  /** Asked to move by a share of the whole. */
  readonly onChange: (change: number) => void;
  /** Length of the whole in CSS pixels. */
  readonly measureLength: () => number;
  readonly className?: string;
}

/** Share of the whole that an arrow key moves. */
const KEY_STEP = 0.02;

/** A vertical edge that is dragged, or moved with the arrow keys. */
export function EdgeHandle({ label, value, onChange, measureLength, className = 'edge' }: EdgeHandleProps) {
  const lastX = useRef<number | null>(null);
  const press = (event: PointerEvent) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    lastX.current = event.clientX;
  };
  const drag = (event: PointerEvent) => {
    if (lastX.current === null) return;
    const change = (event.clientX - lastX.current) / measureLength();
    lastX.current = event.clientX;
    if (change !== 0) onChange(change);
  };
  const release = () => {
    lastX.current = null;
  };
  const step = (event: KeyboardEvent) => {
    const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (direction === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    onChange(direction * KEY_STEP * (event.shiftKey ? 5 : 1));
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a focusable separator is a widget that <hr> is not.
    <div
      role="separator"
      tabIndex={0}
      className={className}
      aria-label={label}
      aria-orientation="vertical"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(value * 100)}
      onPointerDown={press}
      onPointerMove={drag}
      onPointerUp={release}
      onPointerCancel={release}
      onKeyDown={step}
    />
  );
}
