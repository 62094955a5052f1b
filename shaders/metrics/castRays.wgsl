// Purpose: cast lidar-like rays through truth and prediction at once; each ends in the first occupied voxel of its volume,
//   or in the last voxel of the grid, at the distance where it leaves that voxel.
// Bindings:
//   0 settings: uniform. Grid size, free label, rays per origin, all rays, voxel edge in metres.
//   1 truth: storage, read. u8 labels, four to a u32, little endian, z fastest.
//   2 prediction: storage, read. The same.
//   3 origins: storage, read. Three f32 per origin, in voxels.
//   4 ends: storage, read. Three f32 per ray, in voxels: origin plus direction, rounded on the CPU as the research code does.
//   5 hits: storage, read_write. Per ray: voxel in truth, metres (f32 bits), voxel in prediction, metres (f32 bits);
//     voxel 0xffffffff for a ray that never is inside the grid; bit 30 of the first word is set where single precision could
//     have mistaken which border comes next, so that the CPU can walk those rays again in double.
// Dispatch: one invocation per ray, workgroups of 64 folded into y.
// CPU twin: src/reference/rayCast.ts castRays
// Tolerance: the twin walks in double. At most 5 of 14,040 rays may end elsewhere; distances of the others within 1e-4 m.
//   The distance to a border is computed from the border each time: adding up steps would drift.
// Paper: RayIoU, SparseOcc (Liu et al. 2024), dvr.cu; traversal of Amanatides and Woo (1987).

struct Settings {
  size: vec3i,
  free_label: u32,
  rays_per_origin: u32,
  ray_count: u32,
  voxel: f32,
}

@group(0) @binding(0) var<uniform> settings: Settings;
@group(0) @binding(1) var<storage, read> truth: array<u32>;
@group(0) @binding(2) var<storage, read> prediction: array<u32>;
@group(0) @binding(3) var<storage, read> origins: array<f32>;
@group(0) @binding(4) var<storage, read> ends: array<f32>;
@group(0) @binding(5) var<storage, read_write> hits: array<vec4u>;

const MAXIMUM_STEPS = 1000u;
const NOWHERE = 0xffffffffu;
const FAR = 3.4e38;
const UNCERTAIN = 0x40000000u;
// Borders nearer to each other than this, relative and absolute, may be met in either order: about ten times the rounding of one.
const CLOSE_RELATIVE = 4e-6;
const CLOSE_ABSOLUTE = 1e-6;

fn is_inside(cell: vec3i) -> bool {
  return all(cell >= vec3i(0)) && all(cell < settings.size);
}

// How many direction vectors lead from the origin to the border that the ray crosses next on this axis.
fn reach_border(cell: i32, origin: f32, direction: f32) -> f32 {
  if (direction == 0.0) { return FAR; }
  return (f32(cell + select(0, 1, direction > 0.0)) - origin) / direction;
}

fn is_occupied(word: u32, voxel: u32) -> bool {
  return extractBits(word, (voxel % 4u) * 8u, 8u) != settings.free_label;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let ray = id.y * groups.x * 64u + id.x;
  if (ray >= settings.ray_count) { return; }
  let start = 3u * (ray / settings.rays_per_origin);
  let origin = vec3f(origins[start], origins[start + 1u], origins[start + 2u]);
  let direction = vec3f(ends[3u * ray], ends[3u * ray + 1u], ends[3u * ray + 2u]) - origin;
  let length_voxels = length(direction);
  let step = vec3i(select(vec3i(-1), vec3i(1), direction >= vec3f(0.0)));
  var cell = vec3i(trunc(origin));
  var next = vec3f(
    reach_border(cell.x, origin.x, direction.x),
    reach_border(cell.y, origin.y, direction.y),
    reach_border(cell.z, origin.z, direction.z),
  );
  var pending = vec2<bool>(true, true);
  var found = vec4u(NOWHERE, bitcast<u32>(-1.0), NOWHERE, bitcast<u32>(-1.0));
  var was_inside = false;
  var is_uncertain = false;
  var last = vec2u(NOWHERE, bitcast<u32>(-1.0));
  for (var steps = 0u; steps <= MAXIMUM_STEPS && any(pending); steps++) {
    let inside = is_inside(cell);
    if (!inside && was_inside) { break; }
    let voxel = u32((cell.x * settings.size.y + cell.y) * settings.size.z + cell.z);
    var distance = next.z;
    let nearest = min(next.x, min(next.y, next.z));
    let close = nearest + abs(nearest) * CLOSE_RELATIVE + CLOSE_ABSOLUTE;
    is_uncertain = is_uncertain || dot(select(vec3i(0), vec3i(1), next <= vec3f(close)), vec3i(1)) > 1;
    if (next.x < next.y && next.x < next.z) {
      distance = next.x;
      cell.x += step.x;
      next.x = reach_border(cell.x, origin.x, direction.x);
    } else if (!(next.x < next.y) && next.y < next.z) {
      distance = next.y;
      cell.y += step.y;
      next.y = reach_border(cell.y, origin.y, direction.y);
    } else {
      cell.z += step.z;
      next.z = reach_border(cell.z, origin.z, direction.z);
    }
    if (!inside) { continue; }
    was_inside = true;
    last = vec2u(voxel, bitcast<u32>(distance * length_voxels * settings.voxel));
    if (pending.x && is_occupied(truth[voxel / 4u], voxel)) {
      found = vec4u(last, found.zw);
      pending.x = false;
    }
    if (pending.y && is_occupied(prediction[voxel / 4u], voxel)) {
      found = vec4u(found.xy, last);
      pending.y = false;
    }
  }
  var ends_at = vec4u(select(found.xy, last, vec2<bool>(pending.x)), select(found.zw, last, vec2<bool>(pending.y)));
  if (is_uncertain && ends_at.x != NOWHERE) { ends_at.x |= UNCERTAIN; }
  hits[ray] = ends_at;
}
