// Purpose: vertical pass of the antialiased bicubic resize, then normalisation into one camera's slice of the image tensor.
// Bindings:
//   0 sizes: uniform. Sizes and strides, shared with filterRows.
//   1 rows: storage, read. [row][column] as filterRows wrote them, one RGB pixel to a u32.
//   2 spans: storage, read. (first input, number of inputs) of each output row.
//   3 weights: storage, read. [row][tap], 22 fractional bits.
//   4 normalised: storage, read. Value of each grey level, [tensor channel][256].
//   5 images: storage, read_write. [camera][3][height][width].
// Dispatch: one invocation per output pixel, workgroups of 8 x 8 over (width, height).
// CPU twin: src/reference/preprocess.ts filterColumns
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
@group(0) @binding(1) var<storage, read> rows: array<u32>;
@group(0) @binding(2) var<storage, read> spans: array<vec2u>;
@group(0) @binding(3) var<storage, read> weights: array<i32>;
@group(0) @binding(4) var<storage, read> normalised: array<f32>;
@group(0) @binding(5) var<storage, read_write> images: array<f32>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= sizes.width || id.y >= sizes.height) { return; }
  let span = spans[id.y];
  var sum = vec3i(1 << 21u);
  for (var tap = 0u; tap < span.y; tap++) {
    let pixel = rows[(span.x + tap) * sizes.width + id.x];
    let bytes = (vec3u(pixel) >> vec3u(0u, 8u, 16u)) & vec3u(255u);
    sum += weights[id.y * sizes.vertical_taps + tap] * vec3i(bytes);
  }
  var grey = vec3u(clamp(sum >> vec3u(22u), vec3i(0), vec3i(255)));
  if (sizes.swap_channels == 1u) { grey = grey.bgr; }
  let area = sizes.width * sizes.height;
  let pixel = sizes.output_offset + id.y * sizes.width + id.x;
  images[pixel] = normalised[grey.r];
  images[pixel + area] = normalised[256u + grey.g];
  images[pixel + 2u * area] = normalised[512u + grey.b];
}
