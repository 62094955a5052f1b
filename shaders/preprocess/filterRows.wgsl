// Purpose: horizontal pass of the antialiased bicubic resize, over the source rows that the crop keeps; rounds to bytes.
// Bindings:
//   0 sizes: uniform. Sizes and strides, shared with filterColumns.
//   1 source: texture. The camera image, rgba8unorm.
//   2 spans: storage, read. (first input, number of inputs) of each output column.
//   3 weights: storage, read. [column][tap], 22 fractional bits.
//   4 rows: storage, read_write. [row][column], one RGB pixel to a u32.
// Dispatch: one invocation per output pixel, workgroups of 8 x 8 over (width, row_count).
// CPU twin: src/reference/preprocess.ts filterRows
// Tolerance: exact.
// Paper: Keys, Cubic convolution interpolation for digital image processing (1981), a = -0.5; integer arithmetic as in Pillow.

struct Sizes {
  width: u32,
  height: u32,
  first_row: u32,
  row_count: u32,
  horizontal_taps: u32,
  vertical_taps: u32,
  output_offset: u32,
  swap_channels: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var source: texture_2d<f32>;
@group(0) @binding(2) var<storage, read> spans: array<vec2u>;
@group(0) @binding(3) var<storage, read> weights: array<i32>;
@group(0) @binding(4) var<storage, read_write> rows: array<u32>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= sizes.width || id.y >= sizes.row_count) { return; }
  let span = spans[id.x];
  var sum = vec3i(1 << 21u);
  for (var tap = 0u; tap < span.y; tap++) {
    let texel = textureLoad(source, vec2u(span.x + tap, sizes.first_row + id.y), 0).rgb;
    sum += weights[id.x * sizes.horizontal_taps + tap] * vec3i(round(texel * 255.0));
  }
  let bytes = vec3u(clamp(sum >> vec3u(22u), vec3i(0), vec3i(255)));
  rows[id.y * sizes.width + id.x] = bytes.r | (bytes.g << 8u) | (bytes.b << 16u);
}
