import { createGpuContext } from '../../src/gpu/device.ts';
import { loadOrt } from '../../src/models/loadOrt.ts';
import { openModel } from '../../src/models/openModel.ts';
import type { OrtModule } from '../../src/models/ortRuntime.ts';
import { createGpuFrameRunner } from '../../src/pipeline/gpuFrameRunner.ts';
import { findProviderFaults } from '../onnx/providerFaults.ts';
import { type Comparison, compareBackends } from './compare.ts';

// The browser half of tools/checkModel: opens a package as the app does, with ONNX Runtime telling all.

/** What the browser found out about a package; placements of nodes come out of the console. */
export interface PageReport {
  readonly parts: string[];
  readonly bytes: number;
  /** Nodes that WebGPU is known to compute wrongly, a sentence each. */
  readonly faults: string[];
}

async function checkModel(manifestUrl: string): Promise<PageReport> {
  const model = await openModel(manifestUrl, { store: null });
  const context = await createGpuContext(navigator.gpu);
  const runtime = await loadOrt('webgpu');
  // The whole package on the device first: shapes, limits and a run without validation errors.
  const runner = await createGpuFrameRunner(context, model, runtime);
  await runner.warmUp();
  runner.dispose();
  const parts = Object.keys(model.manifest.files).filter((name) => name.endsWith('.onnx'));
  const faults: string[] = [];
  for (const file of parts) {
    const found = await findProviderFaults(model.files.get(file)!, runtime);
    faults.push(...found.map((fault) => `${file}: ${fault}`));
  }
  const ort = runtime.ort as OrtModule & { env: { logLevel: string } };
  ort.env.logLevel = 'verbose';
  for (const file of parts) {
    console.log(`part:${file}`);
    const session = await ort.InferenceSession.create(model.files.get(file)!, {
      executionProviders: [{ name: 'webgpu', device: context.device }],
      logSeverityLevel: 0,
    });
    await session.release();
  }
  return { parts, bytes: [...model.files.values()].reduce((sum, { byteLength }) => sum + byteLength, 0), faults };
}

async function compare(manifestUrl: string, clipUrl: string): Promise<Comparison> {
  return compareBackends(await createGpuContext(navigator.gpu), await loadOrt('webgpu'), manifestUrl, clipUrl);
}

Object.assign(globalThis, { checkModel, compare });
