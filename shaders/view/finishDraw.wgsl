// Purpose: turn a compaction's counter into indexed indirect draw arguments, clamped to what the record buffer holds.
// Bindings: 0 counters [found, drawn voxels, overflow, 0] (overflow is written here),
//   1 drawArguments [indexCount, instanceCount, firstIndex, baseVertex, firstInstance].
// Dispatch: one invocation.
// CPU twin: src/reference/drawArguments.ts. Tolerance: exact.

override capacity: u32 = 0u;
override indexCount: u32 = 6u;

@group(0) @binding(0) var<storage, read_write> counters: array<u32, 4>;
@group(0) @binding(1) var<storage, read_write> drawArguments: array<u32, 5>;

@compute @workgroup_size(1)
fn main() {
  let written = min(counters[0], capacity);
  counters[2] = counters[0] - written;
  drawArguments[0] = indexCount;
  drawArguments[1] = written;
  drawArguments[2] = 0u;
  drawArguments[3] = 0u;
  drawArguments[4] = 0u;
}
