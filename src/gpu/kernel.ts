/**
 * A compiled compute kernel. `bind` once per set of buffers, `encode` per use; neither submits nor reads back.
 * Bindings are numbered from 0 in group 0, in the order of the WGSL file.
 */
export interface Kernel {
  readonly label: string;
  bind(buffers: readonly GPUBindingResource[]): GPUBindGroup;
  encode(pass: GPUComputePassEncoder, group: GPUBindGroup, workgroups: readonly [number, number?, number?]): void;
}

/** Compile `wgsl` (imported with `?raw`) and its `main` entry point. Pipeline-overridable constants go in `constants`. */
export function createKernel(
  device: GPUDevice,
  label: string,
  wgsl: string,
  constants: Record<string, number> = {},
  entryPoint = 'main',
): Kernel {
  const module = device.createShaderModule({ label, code: wgsl });
  const pipeline = device.createComputePipeline({ label, layout: 'auto', compute: { module, entryPoint, constants } });
  return {
    label,
    bind(buffers) {
      return device.createBindGroup({
        label,
        layout: pipeline.getBindGroupLayout(0),
        entries: buffers.map((resource, binding) => ({ binding, resource })),
      });
    },
    encode(pass, group, workgroups) {
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(workgroups[0], workgroups[1] ?? 1, workgroups[2] ?? 1);
    },
  };
}

/** Workgroups (x, y) that cover `count` invocations of `workgroupSize`, folded into y past the per-dimension limit of 65,535. */
export function coverInvocations(count: number, workgroupSize: number): readonly [number, number] {
  const groups = Math.max(1, Math.ceil(count / workgroupSize));
  const perRow = Math.min(groups, 32768);
  return [perRow, Math.ceil(groups / perRow)];
}
