// Purpose: second half of a long prefix sum: add to every value the sum of all blocks before its own (blocks of 1024).
// Bindings:
//   0 sums: storage, read_write. Block-local exclusive sums from scanBlocks.wgsl.
//   1 offsets: storage, read. Exclusive sums of the block totals.
// Dispatch: one invocation for each value, workgroups of 256 folded into y.
// CPU twin: src/reference/voxelPool.ts scanExclusive
// Tolerance: exact.
// Paper: Blelloch, Prefix sums and their applications (1990).

override COUNT: u32;

@group(0) @binding(0) var<storage, read_write> sums: array<u32>;
@group(0) @binding(1) var<storage, read> offsets: array<u32>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * 256u + id.x;
  if (index < COUNT) {
    sums[index] += offsets[index / 1024u];
  }
}
