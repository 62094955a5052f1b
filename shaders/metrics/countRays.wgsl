// Purpose: count where rays ended, by class: true class, predicted class, and agreement within three distances.
//   Rays whose true label is free, or outside the table, are left out.
// Bindings:
//   0 settings: uniform. Rays, free label.
//   1 truth: storage, read. u8 labels, four to a u32, little endian.
//   2 prediction: storage, read. The same.
//   3 hits: storage, read. What castRays.wgsl wrote.
//   4 counts: storage, read_write, zeroed before. CLASSES entries each: truth, prediction, agreement within 1, 2 and 4 m.
// Dispatch: workgroups of 256; each invocation takes every (256 * workgroups)-th ray.
// CPU twin: src/reference/countRayHits.ts countRayHits
// Tolerance: exact for the same hits.
// Paper: RayIoU, SparseOcc (Liu et al. 2024), ray_metrics.py.

struct Settings {
  ray_count: u32,
  free_label: u32,
}

override CLASSES: u32;
// Five counts per class.
override ENTRIES: u32;

@group(0) @binding(0) var<uniform> settings: Settings;
@group(0) @binding(1) var<storage, read> truth: array<u32>;
@group(0) @binding(2) var<storage, read> prediction: array<u32>;
@group(0) @binding(3) var<storage, read> hits: array<vec4u>;
@group(0) @binding(4) var<storage, read_write> counts: array<atomic<u32>>;

var<workgroup> partial: array<atomic<u32>, ENTRIES>;

fn count_ray(hit: vec4u) {
  if (hit.x == 0xffffffffu) { return; }
  // Bit 30 is a mark of castRays.wgsl, no part of the index.
  let voxel = hit.x & 0x3fffffffu;
  let true_label = extractBits(truth[voxel / 4u], (voxel % 4u) * 8u, 8u);
  if (true_label == settings.free_label || true_label >= CLASSES) { return; }
  let label = extractBits(prediction[hit.z / 4u], (hit.z % 4u) * 8u, 8u);
  atomicAdd(&partial[true_label], 1u);
  if (label < CLASSES) { atomicAdd(&partial[CLASSES + label], 1u); }
  if (label != true_label) { return; }
  let off = abs(bitcast<f32>(hit.y) - bitcast<f32>(hit.w));
  if (off < 1.0) { atomicAdd(&partial[2u * CLASSES + label], 1u); }
  if (off < 2.0) { atomicAdd(&partial[3u * CLASSES + label], 1u); }
  if (off < 4.0) { atomicAdd(&partial[4u * CLASSES + label], 1u); }
}

@compute @workgroup_size(256)
fn main(
  @builtin(global_invocation_id) id: vec3u,
  @builtin(local_invocation_index) local: u32,
  @builtin(num_workgroups) groups: vec3u,
) {
  for (var ray = id.x; ray < settings.ray_count; ray += 256u * groups.x) { count_ray(hits[ray]); }
  workgroupBarrier();
  for (var entry = local; entry < ENTRIES; entry += 256u) {
    let count = atomicLoad(&partial[entry]);
    if (count > 0u) { atomicAdd(&counts[entry], count); }
  }
}
