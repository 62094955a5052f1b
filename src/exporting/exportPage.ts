import type { ClassTable } from '../domain/classes.ts';
import type { Frame } from '../domain/clip.ts';
import type { GridSpec } from '../domain/geometry.ts';

/** A volume to be written. */
export interface ExportVolume {
  readonly grid: GridSpec;
  readonly classes: ClassTable;
  readonly labels: Uint8Array;
  readonly flow: Float32Array | null;
  readonly cameraMask: Uint8Array | null;
}

/** What of a volume is shown, and in which colours. */
export interface ShownPart {
  readonly isHidden: (label: number) => boolean;
  /** Layers, inclusive. */
  readonly firstSlice: number;
  readonly lastSlice: number;
  /** sRGB, 0 to 255. */
  readonly colourOf: (label: number) => readonly [number, number, number];
}

/** Something whose labels can be written: a prediction or the ground truth. */
export interface ExportSubject {
  readonly id: string;
  readonly title: string;
}

/** What exports need of the page; the one implementation is in src/wiring. */
export interface ExportPage {
  readonly clipId: string;
  readonly clipTitle: string;
  readonly frames: readonly Pick<Frame, 'token' | 'timestampMicroseconds'>[];
  readonly frameIndex: number;
  readonly subjects: readonly ExportSubject[];
  /** The volume of a frame, predicted first where it has not been yet; null where there is none. */
  readVolume(subject: string, frameIndex: number, signal: AbortSignal): Promise<ExportVolume | null>;
  readShown(volume: ExportVolume): ShownPart;
  /** All columns with titles, legend and numbers, after the frame has been predicted and drawn. */
  drawFigure(frameIndex: number, signal: AbortSignal): Promise<OffscreenCanvas>;
  /** Back to where the person was. */
  restore(): void;
}
