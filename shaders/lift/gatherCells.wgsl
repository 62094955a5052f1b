// Purpose: sum weight times feature over every cell's run. Depth times context is never stored, no cell is written twice,
//   and the order of the sum is fixed, so the result is the same on every run. Cells without points become 0.
// Bindings:
//   0 starts: storage, read. First slot of each cell's run; one value more than cells.
//   1 orderedEntries: storage, read. (element of the first feature, weight as bits).
//   2 context: storage, read. Features, nhwc or nchw.
//   3 cells: storage, read_write. The pooled grid in one of three layouts.
// Dispatch: one invocation for each cell and channel (channel fastest), workgroups of 64 folded into y.
// CPU twin: src/reference/voxelPool.ts gatherCells
// Tolerance: 1e-6 relative to the sum of magnitudes (a GPU may fuse multiplication and addition).
// Paper: BEVPoolv2 (arXiv 2211.17111).

override CELLS: u32;
override CHANNELS: u32;
/** Elements between neighbouring channels of a pixel: 1 for nhwc, pixels for nchw. */
override FEATURE_STRIDE: u32;
/** Cells of one z slice. */
override SLICE: u32;
override OUT_SLICE_STRIDE: u32;
override OUT_CELL_STRIDE: u32;
override OUT_CHANNEL_STRIDE: u32;

@group(0) @binding(0) var<storage, read> starts: array<u32>;
@group(0) @binding(1) var<storage, read> orderedEntries: array<vec2u>;
@group(0) @binding(2) var<storage, read> context: array<f32>;
@group(0) @binding(3) var<storage, read_write> cells: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * 64u + id.x;
  if (index >= CELLS * CHANNELS) {
    return;
  }
  let cell = index / CHANNELS;
  let channel = index % CHANNELS;
  let end = starts[cell + 1u];
  var sum = 0.0;
  for (var slot = starts[cell]; slot < end; slot++) {
    let entry = orderedEntries[slot];
    sum += bitcast<f32>(entry.y) * context[entry.x + channel * FEATURE_STRIDE];
  }
  cells[(cell / SLICE) * OUT_SLICE_STRIDE + (cell % SLICE) * OUT_CELL_STRIDE + channel * OUT_CHANNEL_STRIDE] = sum;
}
