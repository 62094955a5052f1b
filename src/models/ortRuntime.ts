import type { InferenceSession, Tensor, TensorConstructor } from 'onnxruntime-common';
import { OccuscopeError } from '../errors/catalogue.ts';
import type { OnnxSignature, OnnxValue } from '../pipeline/onnx.ts';

/** The parts of the `onnxruntime-web` module that we use; every build of it fits. */
export interface OrtModule {
  readonly InferenceSession: typeof InferenceSession;
  readonly Tensor: typeof Tensor & TensorConstructor;
}

/** An opened ONNX part. Runs of all sessions of one runtime are serialised. */
export interface OrtSession {
  readonly file: string;
  readonly signature: OnnxSignature;
  /** Run into preallocated `fetches` when given. Throws `model-run-failed`. */
  run(feeds: Record<string, Tensor>, fetches?: Record<string, Tensor>): Promise<Record<string, Tensor>>;
  release(): Promise<void>;
}

/** The one owner of ONNX Runtime on a thread: ORT refuses overlapping creation and runs, so both wait in one queue. */
export interface OrtRuntime {
  readonly ort: OrtModule;
  /** Short name of the build in use, for the report: `jspi`, `asyncify`, `wasm` or `node`. */
  readonly build: string;
  createSession(file: string, bytes: Uint8Array, options: InferenceSession.SessionOptions): Promise<OrtSession>;
}

/** Wrap an ORT module in its queue. */
export function createOrtRuntime(ort: OrtModule, build: string): OrtRuntime {
  let tail: Promise<unknown> = Promise.resolve();
  const enqueue = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const result = tail.then(work, work);
    tail = result.catch(() => undefined);
    return result;
  };
  return {
    ort,
    build,
    async createSession(file, bytes, options) {
      let session: InferenceSession;
      try {
        session = await enqueue(() => ort.InferenceSession.create(bytes, { logSeverityLevel: 3, ...options }));
      } catch (cause) {
        throw new OccuscopeError('model-run-failed', {
          detail: `${file} did not open: ${describeCause(cause)}`,
          cause,
        });
      }
      return {
        file,
        signature: readSignature(session),
        async run(feeds, fetches) {
          try {
            const work = () => (fetches ? session.run(feeds, fetches) : session.run(feeds));
            return (await enqueue(work)) as Record<string, Tensor>;
          } catch (cause) {
            throw new OccuscopeError('model-run-failed', { detail: `${file}: ${describeCause(cause)}`, cause });
          }
        },
        release: () => enqueue(() => session.release()),
      };
    },
  };
}

function readSignature(session: InferenceSession): OnnxSignature {
  const toValue = (value: InferenceSession.ValueMetadata): OnnxValue =>
    value.isTensor
      ? { name: value.name, type: value.type, shape: value.shape }
      : { name: value.name, type: 'no tensor', shape: [] };
  return { inputs: session.inputMetadata.map(toValue), outputs: session.outputMetadata.map(toValue) };
}

function describeCause(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
