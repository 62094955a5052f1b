/** Counters of a compaction: `found` items, of which `overflow` did not fit the record buffer. */
export interface DrawCounters {
  readonly found: number;
  readonly overflow: number;
}

/**
 * Indexed indirect draw arguments [indexCount, instanceCount, firstIndex, baseVertex, firstInstance] of a compaction.
 * Twin of shaders/view/finishDraw.wgsl.
 */
export function finishDraw(
  found: number,
  capacity: number,
  indexCount: number,
): DrawCounters & { readonly drawArguments: Uint32Array<ArrayBuffer> } {
  const written = Math.min(found, capacity);
  return { found, overflow: found - written, drawArguments: new Uint32Array([indexCount, written, 0, 0, 0]) };
}
