/** Marks of one frame on the queue's clock. Each `mark` ends one interval and begins the next. */
export interface FrameMarks {
  mark(encoder: GPUCommandEncoder): void;
  /** Record the copy of the marks out of the query set; call once, after the last mark. */
  resolve(encoder: GPUCommandEncoder): void;
  /** After the submit: milliseconds between consecutive marks, one less than there were marks. Frees the slot. */
  read(): Promise<number[]>;
}

/** Timestamp queries for a few frames in flight. `begin` gives null while every slot waits to be read. */
export interface TimestampRing {
  begin(): FrameMarks | null;
  destroy(): void;
}

interface Slot {
  readonly querySet: GPUQuerySet;
  readonly resolved: GPUBuffer;
  readonly staging: GPUBuffer;
  busy: boolean;
}

const slotCount = 3;
const bytesPerMark = 8;

/**
 * Create a ring for frames of at most `maximumMarks` marks. Times are elapsed queue time between two points, bubbles included.
 * Returns null on a device without `timestamp-query`: the caller then reports no time rather than a guessed one.
 */
export function createTimestampRing(device: GPUDevice, maximumMarks: number): TimestampRing | null {
  if (!device.features.has('timestamp-query')) return null;
  const slots = Array.from({ length: slotCount }, () => createSlot(device, maximumMarks));
  let destroyed = false;
  return {
    begin() {
      const slot = slots.find(({ busy }) => !busy);
      if (!slot || destroyed) return null;
      slot.busy = true;
      return createMarks(slot, maximumMarks);
    },
    destroy() {
      destroyed = true;
      for (const { querySet, resolved, staging } of slots) {
        querySet.destroy();
        resolved.destroy();
        staging.destroy();
      }
    },
  };
}

function createSlot(device: GPUDevice, maximumMarks: number): Slot {
  const size = maximumMarks * bytesPerMark;
  return {
    querySet: device.createQuerySet({ label: 'stage times', type: 'timestamp', count: maximumMarks }),
    resolved: device.createBuffer({ label: 'stage times', size, usage: 0x200 | 0x04 }), // QUERY_RESOLVE | COPY_SRC
    staging: device.createBuffer({ label: 'stage times', size, usage: 0x01 | 0x08 }), // MAP_READ | COPY_DST
    busy: false,
  };
}

function createMarks(slot: Slot, maximumMarks: number): FrameMarks {
  let count = 0;
  return {
    mark(encoder) {
      if (count >= maximumMarks) throw new Error(`a frame has more than ${maximumMarks} time marks`);
      const timestampWrites = { querySet: slot.querySet, beginningOfPassWriteIndex: count };
      encoder.beginComputePass({ label: 'time mark', timestampWrites }).end();
      count += 1;
    },
    resolve(encoder) {
      encoder.resolveQuerySet(slot.querySet, 0, count, slot.resolved, 0);
      encoder.copyBufferToBuffer(slot.resolved, 0, slot.staging, 0, count * bytesPerMark);
    },
    async read() {
      try {
        await slot.staging.mapAsync(0x01, 0, count * bytesPerMark);
        const nanoseconds = new BigUint64Array(slot.staging.getMappedRange(0, count * bytesPerMark).slice(0));
        slot.staging.unmap();
        return Array.from({ length: count - 1 }, (_, i) => Number(nanoseconds[i + 1]! - nanoseconds[i]!) / 1e6);
      } finally {
        slot.busy = false;
      }
    },
  };
}
