import type { CameraImage, Frame } from '../domain/clip.ts';
import type { MemoryTensor, TensorCopy } from '../domain/memory.ts';
import type { FrameResult } from '../domain/result.ts';

/** What one run of the network left behind. */
export interface FrameOutput {
  /**
   * Buffers on the shared device, valid until the runner's next `run` or `dispose`: labels as u8 packed four to a u32 (little
   * endian, z fastest), flow as one `pack2x16float(vx, vy)` to a voxel in the same order. Null on the CPU backend.
   */
  readonly gpu: { readonly labels: GPUBuffer; readonly flow: GPUBuffer | null } | null;
  /** Get the result on the CPU side. The copy is ordered when this is called, so call it before the next `run`. */
  read(): Promise<FrameResult>;
}

/** A network with its memory, on one backend. Runs do not overlap: callers wait for one before they start the next. */
export interface FrameRunner {
  readonly backend: 'webgpu' | 'cpu';
  /** Run once on empty images so that shaders compile before the first real frame; the memory stays reset. */
  warmUp(): Promise<void>;
  /** Forget all memory: the next frame is run as the first of a clip. */
  reset(): void;
  /** Run one frame; `images` in rig order. The memory then belongs to this frame. Throws `model-run-failed` or `gpu-device-lost`. */
  run(frame: Frame, images: readonly CameraImage[]): Promise<FrameOutput>;
  /** What the network remembers of the ground after its last run, read back for people to look at; zeros after a reset. */
  readState(): Promise<readonly MemoryTensor[]>;
  /** Copy a tensor of the recipe as the last run wrote it, for evaluation. Throws an Error naming the tensors where there is none of that name. */
  readTensor(name: string): Promise<TensorCopy>;
  dispose(): void;
}
