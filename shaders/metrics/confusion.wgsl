// Purpose: count the voxels of one frame by (true label, predicted label), over the grid and inside the camera mask.
// Bindings:
//   0 settings: uniform. Voxels, and whether there is a mask.
//   1 truth: storage, read. u8 labels, four to a u32, little endian.
//   2 prediction: storage, read. The same.
//   3 mask: storage, read. u8, 0 = unseen, packed the same way; anything where there is no mask.
//   4 counts: storage, read_write, zeroed before. CLASSES * CLASSES entries (truth * CLASSES + prediction) of all voxels,
//     as many of those inside the mask, then the voxels whose truth and whose prediction is outside the table.
// Dispatch: workgroups of 256; each invocation takes every (256 * workgroups)-th word.
// CPU twin: src/reference/confusion.ts countConfusion
// Tolerance: exact.
// Paper: Occ3D (Tian et al. 2023); OccStudio occ_metrics.py.

struct Settings {
  voxel_count: u32,
  has_mask: u32,
}

override CLASSES: u32;
// Both matrices and the two counts after them.
override ENTRIES: u32;

@group(0) @binding(0) var<uniform> settings: Settings;
@group(0) @binding(1) var<storage, read> truth: array<u32>;
@group(0) @binding(2) var<storage, read> prediction: array<u32>;
@group(0) @binding(3) var<storage, read> mask: array<u32>;
@group(0) @binding(4) var<storage, read_write> counts: array<atomic<u32>>;

var<workgroup> partial: array<atomic<u32>, ENTRIES>;

fn count_voxel(row: u32, column: u32, seen: bool) {
  let table = CLASSES * CLASSES;
  if (row >= CLASSES) {
    atomicAdd(&partial[2u * table], 1u);
  } else if (column >= CLASSES) {
    atomicAdd(&partial[2u * table + 1u], 1u);
  } else {
    atomicAdd(&partial[row * CLASSES + column], 1u);
    if (seen) { atomicAdd(&partial[table + row * CLASSES + column], 1u); }
  }
}

@compute @workgroup_size(256)
fn main(
  @builtin(global_invocation_id) id: vec3u,
  @builtin(local_invocation_index) local: u32,
  @builtin(num_workgroups) groups: vec3u,
) {
  let words = (settings.voxel_count + 3u) / 4u;
  for (var word = id.x; word < words; word += 256u * groups.x) {
    for (var lane = 0u; lane < 4u; lane++) {
      if (4u * word + lane >= settings.voxel_count) { break; }
      let seen = settings.has_mask != 0u && extractBits(mask[word], 8u * lane, 8u) != 0u;
      count_voxel(extractBits(truth[word], 8u * lane, 8u), extractBits(prediction[word], 8u * lane, 8u), seen);
    }
  }
  workgroupBarrier();
  for (var entry = local; entry < ENTRIES; entry += 256u) {
    let count = atomicLoad(&partial[entry]);
    if (count > 0u) { atomicAdd(&counts[entry], count); }
  }
}
