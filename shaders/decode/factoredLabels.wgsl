// Purpose: the label of every voxel from its occupancy and the classes of its column and group of heights; ties go to the lowest label.
// Bindings:
//   0 settings: uniform. Grid size, strides of the class logits and of the occupancy, order of the words.
//   1 occupancy: storage, read. Bits of one f32 logit per voxel, any layout of x, y, z; occupied above its class's threshold, NaN is not.
//   2 logits: storage, read. Class logits, free left out; any layout of group, class, x, y.
//   3 groups: storage, read. The group of logits that serves each height, lowest first.
//   4 thresholds: storage, read. `rank` of each class's threshold.
//   5 labels: storage, read_write. u8 labels, four to a u32, little endian, z fastest.
// Dispatch: one invocation per output word (four labels), workgroups of 64 folded into y.
// CPU twin: src/reference/decode.ts decodeFactoredLabels
// Tolerance: exact.
// Paper: none (argmax under a mask).

struct Settings {
  size: vec3u,
  candidate_count: u32,
  /** Elements between neighbours along x, y and between groups. */
  strides: vec3u,
  class_stride: u32,
  /** Elements between neighbours along x, y, z. */
  occupancy_strides: vec3u,
  first_logit: u32,
  /** Three nested loops over the words, innermost first: (count, words between neighbours). */
  inner: vec2u,
  middle: vec2u,
  outer: vec2u,
  free_label: u32,
  /** The lowest of the thresholds. */
  least: u32,
}

@group(0) @binding(0) var<uniform> settings: Settings;
@group(0) @binding(1) var<storage, read> occupancy: array<u32>;
@group(0) @binding(2) var<storage, read> logits: array<f32>;
@group(0) @binding(3) var<storage, read> groups: array<u32>;
@group(0) @binding(4) var<storage, read> thresholds: array<u32>;
@group(0) @binding(5) var<storage, read_write> labels: array<u32>;

/** Orders f32 bits as their numbers are ordered, negative zero below zero, down to the smallest; NaN of either sign comes first. */
fn rank(bits: u32) -> u32 {
  if ((bits & 0x7fffffffu) > 0x7f800000u) { return 0u; }
  return select(bits | 0x80000000u, ~bits, (bits & 0x80000000u) != 0u);
}

fn find_label(first: u32) -> u32 {
  var place = first;
  var best = logits[place];
  var label = 0u;
  for (var candidate = 1u; candidate < settings.candidate_count; candidate++) {
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
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.y * workgroups.x * 64u + id.x;
  if (index >= settings.inner.x * settings.middle.x * settings.outer.x) { return; }
  let row = index / settings.inner.x;
  let word = (index % settings.inner.x) * settings.inner.y
    + (row % settings.middle.x) * settings.middle.y
    + (row / settings.middle.x) * settings.outer.y;
  let voxel_count = settings.size.x * settings.size.y * settings.size.z;
  var packed = 0u;
  // Neighbours in z mostly share their group, and most voxels are free: search only when it is a new place.
  var searched = 0xffffffffu;
  var found = 0u;
  for (var lane = 0u; lane < 4u; lane++) {
    let voxel = 4u * word + lane;
    if (voxel >= voxel_count) { break; }
    let column = voxel / settings.size.z;
    let cell = vec3u(column / settings.size.y, column % settings.size.y, voxel % settings.size.z);
    let voxel_places = cell * settings.occupancy_strides;
    // WGSL lets a compiler assume that no f32 is NaN and flush the smallest to zero, so the bits are compared.
    let occupied = rank(occupancy[voxel_places.x + voxel_places.y + voxel_places.z]);
    var label = settings.free_label;
    if (occupied > settings.least) {
      let places = vec3u(cell.xy, groups[cell.z]) * settings.strides;
      let place = places.x + places.y + places.z + settings.first_logit * settings.class_stride;
      if (place != searched) {
        found = find_label(place);
        searched = place;
      }
      if (occupied > thresholds[found]) { label = found; }
    }
    packed |= label << (8u * lane);
  }
  labels[word] = packed;
}
