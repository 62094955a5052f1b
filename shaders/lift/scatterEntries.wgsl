// Purpose: write the number of every entry into the run of its cell, in whatever order the invocations arrive.
//   orderRuns.wgsl then sorts each run, so the order here does not matter.
// Bindings:
//   0 cellOfEntry: storage, read. Cell, or 0xffffffff outside the grid.
//   1 starts: storage, read. First slot of each cell's run.
//   2 counts: storage, read_write. Entries of each cell; counted down to zero.
//   3 unorderedEntries: storage, read_write.
// Dispatch: one invocation for each entry, workgroups of 64 folded into y.
// CPU twin: src/reference/voxelPool.ts buildRuns
// Tolerance: each run holds the same set of entries.
// Paper: BEVPoolv2 (arXiv 2211.17111), which sorts on the host instead.

override ENTRIES: u32;

@group(0) @binding(0) var<storage, read> cellOfEntry: array<u32>;
@group(0) @binding(1) var<storage, read> starts: array<u32>;
@group(0) @binding(2) var<storage, read_write> counts: array<atomic<u32>>;
@group(0) @binding(3) var<storage, read_write> unorderedEntries: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let entry = id.y * groups.x * 64u + id.x;
  if (entry >= ENTRIES) {
    return;
  }
  let cell = cellOfEntry[entry];
  if (cell != 0xffffffffu) {
    unorderedEntries[starts[cell] + atomicSub(&counts[cell], 1u) - 1u] = entry;
  }
}
