import { OccuscopeError } from '../errors/catalogue.ts';

/** The one device that ONNX Runtime, our kernels and three share, with what we know about its adapter. */
export interface GpuContext {
  readonly device: GPUDevice;
  readonly adapterName: string;
  readonly isSoftware: boolean;
  readonly hasTimestamps: boolean;
}

const raisedLimits = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
] as const;

const wantedFeatures = ['timestamp-query', 'shader-f16', 'subgroups'] as const;

/**
 * Create the shared device from the page's adapter, with the adapter's own limits and every feature we can use.
 * Throws OccuscopeError `gpu-missing` (no WebGPU or no adapter) or `gpu-device-refused`.
 */
export async function createGpuContext(gpu: GPU | undefined): Promise<GpuContext> {
  const adapter = await gpu?.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new OccuscopeError('gpu-missing');
  const requiredLimits: Record<string, number> = {};
  for (const name of raisedLimits) requiredLimits[name] = adapter.limits[name];
  const requiredFeatures = wantedFeatures.filter((name) => adapter.features.has(name)) as GPUFeatureName[];
  let device: GPUDevice;
  try {
    device = await adapter.requestDevice({ label: 'occuscope', requiredLimits, requiredFeatures });
  } catch (cause) {
    throw new OccuscopeError('gpu-device-refused', { cause });
  }
  const { vendor, architecture, description } = adapter.info;
  const adapterName = [vendor, architecture, description].filter(Boolean).join(' ') || 'unnamed adapter';
  return {
    device,
    adapterName,
    isSoftware: /swiftshader|llvmpipe|lavapipe|basic render/i.test(adapterName),
    hasTimestamps: device.features.has('timestamp-query'),
  };
}
