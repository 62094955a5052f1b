// Purpose: sort every cell's run by entry number, which fixes the order of its sum, and turn each entry into what the sum needs:
//   the place of its features and its weight (depth probability times share).
//   An entry's place is the number of smaller entries in its run: quadratic in the run's length, but runs are short
//   (nuScenes rig, 100 x 100 x 8 cells: mean 3, longest 270) and every entry is its own invocation.
// Bindings:
//   0 starts: storage, read. First slot of each cell's run; one value more than cells.
//   1 cellOfEntry: storage, read.
//   2 unorderedEntries: storage, read.
//   3 shareOfEntry: storage, read.
//   4 depth: storage, read. Probability of every point [camera, bin, row, column].
//   5 orderedEntries: storage, read_write. (element of the first feature, weight as bits).
// Dispatch: one invocation for each slot, workgroups of 64 folded into y; slots past the last run do nothing.
// CPU twin: src/reference/voxelPool.ts buildRuns
// Tolerance: exact, given the same cells.
// Paper: BEVPoolv2 (arXiv 2211.17111).

override CELLS: u32;
override CORNERS: u32;
override BINS: u32;
/** Pixels of one camera's feature map. */
override PIXELS: u32;
override CHANNELS: u32;
/** Elements between the features of neighbouring pixels: CHANNELS for nhwc, 1 for nchw. */
override PIXEL_STRIDE: u32;

@group(0) @binding(0) var<storage, read> starts: array<u32>;
@group(0) @binding(1) var<storage, read> cellOfEntry: array<u32>;
@group(0) @binding(2) var<storage, read> unorderedEntries: array<u32>;
@group(0) @binding(3) var<storage, read> shareOfEntry: array<f32>;
@group(0) @binding(4) var<storage, read> depth: array<f32>;
@group(0) @binding(5) var<storage, read_write> orderedEntries: array<vec2u>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let slot = id.y * groups.x * 64u + id.x;
  if (slot >= starts[CELLS]) {
    return;
  }
  let entry = unorderedEntries[slot];
  let cell = cellOfEntry[entry];
  let end = starts[cell + 1u];
  var place = starts[cell];
  for (var other = place; other < end; other++) {
    place += select(0u, 1u, unorderedEntries[other] < entry);
  }
  let point = entry / CORNERS;
  let camera = point / (BINS * PIXELS);
  let feature = camera * PIXELS * CHANNELS + (point % PIXELS) * PIXEL_STRIDE;
  orderedEntries[place] = vec2u(feature, bitcast<u32>(depth[point] * shareOfEntry[entry]));
}
