const UNIFORM_COPY_DST = 0x40 | 0x08;

/** A uniform buffer for the settings of a kernel, `byteLength` bytes rounded up to 16. */
export function createSettings(device: GPUDevice, label: string, byteLength: number): GPUBuffer {
  return device.createBuffer({ label, size: Math.ceil(byteLength / 16) * 16, usage: UNIFORM_COPY_DST });
}

/** Write unsigned integers to the start of a settings buffer. */
export function writeSettings(device: GPUDevice, buffer: GPUBuffer, values: readonly number[]): void {
  device.queue.writeBuffer(buffer, 0, Uint32Array.from(values));
}
