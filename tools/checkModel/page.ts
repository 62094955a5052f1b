import { createGpuContext } from '../../src/gpu/device.ts';
import { loadOrt } from '../../src/models/loadOrt.ts';
import { openModel } from '../../src/models/openModel.ts';
import type { OrtModule } from '../../src/models/ortRuntime.ts';
import { createGpuFrameRunner } from '../../src/pipeline/gpuFrameRunner.ts';

// The browser half of tools/checkModel: opens a package as the app does, with ONNX Runtime telling all.

async function checkModel(manifestUrl: string): Promise<{ parts: string[]; bytes: number }> {
  const model = await openModel(manifestUrl, { store: null });
  const context = await createGpuContext(navigator.gpu);
  const runtime = await loadOrt('webgpu');
  // The whole package on the device first: shapes, limits and a run without validation errors.
  const runner = await createGpuFrameRunner(context, model, runtime);
  await runner.warmUp();
  runner.dispose();
  const ort = runtime.ort as OrtModule & { env: { logLevel: string } };
  ort.env.logLevel = 'verbose';
  const parts = Object.keys(model.manifest.files).filter((name) => name.endsWith('.onnx'));
  for (const file of parts) {
    console.log(`part:${file}`);
    const session = await ort.InferenceSession.create(model.files.get(file)!, {
      executionProviders: [{ name: 'webgpu', device: context.device }],
      logSeverityLevel: 0,
    });
    await session.release();
  }
  return { parts, bytes: [...model.files.values()].reduce((sum, { byteLength }) => sum + byteLength, 0) };
}

Object.assign(globalThis, { checkModel });
