/** What a drop brought, taken out of the event while it lasts. */
export interface Dropped {
  readonly entries: readonly FileSystemEntry[];
}

/**
 * Make the whole page a place to drop files and folders. `onHover` is told when something hangs over the page and when it has left.
 * Returns the way to stop.
 */
export function listenForDrops(
  target: Pick<Window, 'addEventListener' | 'removeEventListener'>,
  onHover: (isOver: boolean) => void,
  onDrop: (dropped: Dropped) => void,
): () => void {
  // Entering a child is told before leaving its parent: only the balance says whether the pointer is still over the page.
  let depth = 0;
  const handlers: Record<string, (event: DragEvent) => void> = {
    dragenter() {
      depth += 1;
      onHover(true);
    },
    dragover(event) {
      event.dataTransfer!.dropEffect = 'copy';
    },
    dragleave() {
      depth = Math.max(0, depth - 1);
      if (depth === 0) onHover(false);
    },
    drop(event) {
      depth = 0;
      onHover(false);
      // Items are empty once the event is over, and a reader that waits comes too late.
      const entries = [...event.dataTransfer!.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
      if (entries.length > 0) onDrop({ entries });
    },
  };
  const listeners = Object.entries(handlers).map(([type, handle]) => {
    const listener = (event: Event) => {
      if (!(event as DragEvent).dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      handle(event as DragEvent);
    };
    target.addEventListener(type, listener);
    return [type, listener] as const;
  });
  return () => {
    for (const [type, listener] of listeners) target.removeEventListener(type, listener);
  };
}
