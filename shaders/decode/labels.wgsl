// Purpose: the label of every voxel is the index of its largest logit; ties go to the lowest label.
// Bindings:
//   0 settings: uniform. Grid size, strides of the logits, order of the words.
//   1 logits: storage, read. Any layout of class, x, y, z.
//   2 labels: storage, read_write. u8 labels, four to a u32, little endian, z fastest.
// Dispatch: one invocation per output word (four labels), workgroups of 64 folded into y.
// CPU twin: src/reference/decode.ts decodeLabels
// Tolerance: exact.
// Paper: none (argmax).

struct Settings {
  size: vec3u,
  label_count: u32,
  /** Elements between neighbours along x, y, z. */
  strides: vec3u,
  class_stride: u32,
  /** Three nested loops over the words, innermost first: (count, words between neighbours). */
  inner: vec2u,
  middle: vec2u,
  outer: vec2u,
  first_logit: u32,
}

@group(0) @binding(0) var<uniform> settings: Settings;
@group(0) @binding(1) var<storage, read> logits: array<f32>;
@group(0) @binding(2) var<storage, read_write> labels: array<u32>;

fn find_label(voxel: u32) -> u32 {
  let column = voxel / settings.size.z;
  let cell = vec3u(column / settings.size.y, column % settings.size.y, voxel % settings.size.z);
  let places = cell * settings.strides;
  var place = places.x + places.y + places.z + settings.first_logit * settings.class_stride;
  var best = logits[place];
  var label = 0u;
  for (var candidate = 1u; candidate < settings.label_count; candidate++) {
    place += settings.class_stride;
    let value = logits[place];
    if (value > best) {
      best = value;
      label = candidate;
    }
  }
  return label;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * 64u + id.x;
  if (index >= settings.inner.x * settings.middle.x * settings.outer.x) { return; }
  let row = index / settings.inner.x;
  let word = (index % settings.inner.x) * settings.inner.y
    + (row % settings.middle.x) * settings.middle.y
    + (row / settings.middle.x) * settings.outer.y;
  let voxel_count = settings.size.x * settings.size.y * settings.size.z;
  var packed = 0u;
  for (var lane = 0u; lane < 4u; lane++) {
    let voxel = 4u * word + lane;
    if (voxel < voxel_count) { packed |= find_label(voxel) << (8u * lane); }
  }
  labels[word] = packed;
}
