import type { MeterFrame, MeterResult, MeterScene } from './sceneMeter.ts';

/** What the page asks of the metrics worker; every `measure` gets exactly one reply with its frame. */
export type MetricsRequest =
  | { readonly kind: 'open'; readonly scene: MeterScene }
  | { readonly kind: 'measure'; readonly frame: MeterFrame };

export type MetricsReply =
  | { readonly kind: 'measured'; readonly result: MeterResult }
  | { readonly kind: 'failed'; readonly frameIndex: number; readonly message: string };
