import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import { usePage } from '../stores/page.tsx';
import { movePane } from '../stores/panes.ts';
import { announce } from '../stores/statusStore.ts';
import { Button } from '../ui/Button.tsx';

interface PaneGripProps {
  readonly paneKey: number;
  readonly index: number;
  readonly title: string;
}

/** Moves its column among the others: dragged, or with the arrow keys. */
export function PaneGrip({ paneKey, index, title }: PaneGripProps) {
  const { stores } = usePage();
  const isDragging = useRef(false);
  const moveTo = (target: number) => stores.view.setState(({ panes }) => ({ panes: movePane(panes, paneKey, target) }));
  const press = (event: PointerEvent<HTMLButtonElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    isDragging.current = true;
  };
  const drag = (event: PointerEvent<HTMLButtonElement>) => {
    const row = event.currentTarget.closest('.panes');
    if (!isDragging.current || !row) return;
    const panes = [...row.querySelectorAll('.pane')];
    const target = panes.findIndex((pane) => {
      const { left, right } = pane.getBoundingClientRect();
      return event.clientX >= left && event.clientX < right;
    });
    if (target >= 0 && target !== index) moveTo(target);
  };
  const release = () => {
    isDragging.current = false;
  };
  const step = (event: KeyboardEvent) => {
    const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (direction === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    moveTo(index + direction);
    announce(stores.status, `${title} moved to column ${Math.max(1, index + direction + 1)}.`);
  };
  return (
    <Button
      icon="grip"
      label={`Move ${title.toLowerCase()}: drag, or arrow keys`}
      iconOnly
      isSmall
      className="button button--plain button--icon button--small pane__grip"
      onPointerDown={press}
      onPointerMove={drag}
      onPointerUp={release}
      onPointerCancel={release}
      onKeyDown={step}
    />
  );
}
