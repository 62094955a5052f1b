// Purpose: sum weight times feature over every cell's run. Depth times context is never stored, no cell is written twice,
//   and the order of the sum is fixed, so the result is the same on every run. Cells without points become 0.
// Bindings:
//   0 starts: storage, read. First slot of each cell's run; one value more than cells.
//   1 orderedEntries: storage, read. (element of the first feature, weight as bits).
//   2 context: storage, read. Features, nhwc or nchw.
//   3 cells: storage, read_write. The pooled grid in one of three layouts.
// Dispatch: one invocation for each cell and four channels (channels fastest), workgroups of 64 folded into y.
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

/** Four neighbouring channels of one pixel; past the last channel the last one is read again and not used. */
fn readFeatures(first: u32, channel: u32) -> vec4f {
  let offsets = min(vec4u(channel) + vec4u(0u, 1u, 2u, 3u), vec4u(CHANNELS - 1u)) * FEATURE_STRIDE + first;
  return vec4f(context[offsets.x], context[offsets.y], context[offsets.z], context[offsets.w]);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * 64u + id.x;
  let blocks = (CHANNELS + 3u) / 4u;
  if (index >= CELLS * blocks) {
    return;
  }
  let cell = index / blocks;
  let channel = index % blocks * 4u;
  let end = starts[cell + 1u];
  var sum = vec4f(0.0);
  for (var slot = starts[cell]; slot < end; slot++) {
    let entry = orderedEntries[slot];
    sum += bitcast<f32>(entry.y) * readFeatures(entry.x, channel);
  }
  let place = (cell / SLICE) * OUT_SLICE_STRIDE + (cell % SLICE) * OUT_CELL_STRIDE;
  cells[place + channel * OUT_CHANNEL_STRIDE] = sum.x;
  if (channel + 1u < CHANNELS) {
    cells[place + (channel + 1u) * OUT_CHANNEL_STRIDE] = sum.y;
  }
  if (channel + 2u < CHANNELS) {
    cells[place + (channel + 2u) * OUT_CHANNEL_STRIDE] = sum.z;
  }
  if (channel + 3u < CHANNELS) {
    cells[place + (channel + 3u) * OUT_CHANNEL_STRIDE] = sum.w;
  }
}
