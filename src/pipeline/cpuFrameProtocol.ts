import type { CameraImage, Frame } from '../domain/clip.ts';
import type { MemoryTensor, TensorCopy } from '../domain/memory.ts';
import type { FrameResult } from '../domain/result.ts';
import type { ErrorCode } from '../errors/catalogue.ts';
import type { DownloadProgress } from '../models/download.ts';
import type { ModelPackage } from '../models/openModel.ts';

/** What the page asks of the CPU worker; every request but `reset` gets exactly one reply with its `id`. */
export type CpuFrameRequest =
  | { readonly kind: 'open'; readonly id: number; readonly model: ModelPackage }
  | { readonly kind: 'run'; readonly id: number; readonly frame: Frame; readonly images: readonly CameraImage[] }
  | { readonly kind: 'state'; readonly id: number }
  | { readonly kind: 'tensor'; readonly id: number; readonly name: string }
  | { readonly kind: 'reset' };

/** What the worker answers. `progress` comes any number of times before the reply to `open`. */
export type CpuFrameReply =
  | { readonly kind: 'progress'; readonly progress: DownloadProgress }
  | { readonly kind: 'opened'; readonly id: number }
  | { readonly kind: 'result'; readonly id: number; readonly result: FrameResult }
  | { readonly kind: 'state'; readonly id: number; readonly tensors: readonly MemoryTensor[] }
  | { readonly kind: 'tensor'; readonly id: number; readonly tensor: TensorCopy }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: Failure };

/** An error on its way between threads: class instances do not survive the transfer. */
export interface Failure {
  readonly code: ErrorCode | null;
  readonly detail: string | null;
  readonly message: string;
}
