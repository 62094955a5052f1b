// Purpose: what became of every voxel when prediction and truth are laid over each other, as a label volume to draw.
// Bindings:
//   0 settings: uniform. Voxels, free label, and whether there is a mask.
//   1 truth: storage, read. u8 labels, four to a u32, little endian.
//   2 prediction: storage, read. The same.
//   3 mask: storage, read. u8, 0 = unseen, packed the same way; anything where there is no mask.
//   4 difference: storage, read_write. u8, packed the same way: 0 right, 1 missed, 2 invented, 3 wrong class, 4 unseen, 5 free.
// Dispatch: one invocation per word (four voxels), workgroups of 64 folded into y.
// CPU twin: src/reference/difference.ts compareLabels
// Tolerance: exact.
// Paper: none.

struct Settings {
  voxel_count: u32,
  free_label: u32,
  has_mask: u32,
}

@group(0) @binding(0) var<uniform> settings: Settings;
@group(0) @binding(1) var<storage, read> truth: array<u32>;
@group(0) @binding(2) var<storage, read> prediction: array<u32>;
@group(0) @binding(3) var<storage, read> mask: array<u32>;
@group(0) @binding(4) var<storage, read_write> difference: array<u32>;

fn compare_voxel(true_label: u32, label: u32, seen: bool) -> u32 {
  let free_label = settings.free_label;
  if (true_label == free_label && label == free_label) { return 5u; }
  if (!seen) { return 4u; }
  if (label == free_label) { return 1u; }
  if (true_label == free_label) { return 2u; }
  return select(3u, 0u, true_label == label);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let word = id.y * groups.x * 64u + id.x;
  if (4u * word >= settings.voxel_count) { return; }
  var packed = 0u;
  for (var lane = 0u; lane < 4u; lane++) {
    if (4u * word + lane >= settings.voxel_count) { break; }
    let seen = settings.has_mask == 0u || extractBits(mask[word], 8u * lane, 8u) != 0u;
    let found = compare_voxel(extractBits(truth[word], 8u * lane, 8u), extractBits(prediction[word], 8u * lane, 8u), seen);
    packed |= found << (8u * lane);
  }
  difference[word] = packed;
}
