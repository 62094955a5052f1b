import asyncifyWasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import jspiWasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm?url';
import cpuWasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { type DownloadProgress, fetchBytes } from './download.ts';
import { createOrtRuntime, type OrtRuntime } from './ortRuntime.ts';

/** The ORT builds that the site serves. Bytes are those of the wasm file, for the progress bar (a test compares them). */
export const ortBuilds = {
  jspi: { url: jspiWasmUrl, bytes: 16_758_545, load: () => import('onnxruntime-web/jspi') },
  asyncify: { url: asyncifyWasmUrl, bytes: 26_781_914, load: () => import('onnxruntime-web/webgpu') },
  wasm: { url: cpuWasmUrl, bytes: 14_239_897, load: () => import('onnxruntime-web/wasm') },
} as const;

export type OrtBuildName = keyof typeof ortBuilds;

/** The smallest build that runs the backend in this browser: JSPI saves 10 MB where WebAssembly can suspend. */
export function chooseOrtBuild(backend: 'webgpu' | 'cpu'): OrtBuildName {
  if (backend === 'cpu') return 'wasm';
  return 'Suspending' in WebAssembly ? 'jspi' : 'asyncify';
}

export interface LoadOrtOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
}

const loading = new Map<OrtBuildName, Promise<OrtRuntime>>();

/**
 * Load ONNX Runtime for the backend: its script as a lazy chunk and its wasm with progress, both from this site.
 * Once for each build and thread; a failed or cancelled load may be tried again. Throws `model-download-failed` or an `AbortError`.
 */
export function loadOrt(backend: 'webgpu' | 'cpu', options: LoadOrtOptions = {}): Promise<OrtRuntime> {
  const name = chooseOrtBuild(backend);
  const known = loading.get(name);
  if (known) return known;
  const promise = loadBuild(name, options);
  loading.set(name, promise);
  promise.catch(() => loading.delete(name));
  return promise;
}

async function loadBuild(name: OrtBuildName, { signal, onProgress }: LoadOrtOptions): Promise<OrtRuntime> {
  const build = ortBuilds[name];
  const wasmUrl = new URL(build.url, import.meta.url).href;
  let loadedBytes = 0;
  const onBytes = (count: number) => {
    loadedBytes += count;
    onProgress?.({ loadedBytes, totalBytes: build.bytes, file: 'ONNX Runtime' });
  };
  const [ort, wasmBinary] = await Promise.all([build.load(), fetchBytes(wasmUrl, { signal, onBytes })]);
  ort.env.logLevel = 'error';
  ort.env.wasm.wasmBinary = wasmBinary;
  ort.env.wasm.numThreads = name === 'wasm' ? countThreads() : 1;
  return createOrtRuntime(ort, name);
}

/** Threads need shared memory, which a page only has when its server isolates it (COOP and COEP headers). */
function countThreads(): number {
  if (!globalThis.crossOriginIsolated) return 1;
  return Math.max(1, Math.min(navigator.hardwareConcurrency, 8));
}
