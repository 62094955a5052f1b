// Purpose: move the previous frame's memory into this frame: sample it, bilinearly (2D) or trilinearly (3D), where each cell
//   of this frame was in the previous one. All channels share the place, so one invocation moves a block of them.
// Bindings:
//   0 previousFromIndex: storage, read. Three rows (vec4f): (x, y, z, 1) -> previous (x, y, z); then (1 to move or 0 to clear, 0, 0, 0).
//   1 memory: storage, read. [channel, z, y, x].
//   2 moved: storage, read_write. Same layout.
// Dispatch: x and y: one invocation for each cell, workgroups of 64 folded into y; z: blocks of BLOCK channels.
// CPU twin: src/reference/memoryWarp.ts warpMemory
// Tolerance: 2e-4 for features of unit variance on grids of 200 cells a side (single-precision coordinates).
// Paper: SOLOFusion (arXiv 2210.02443), as in FB-OCC (arXiv 2307.01492): grid_sample, align_corners.

override CHANNELS: u32;
override BLOCK: u32;
override SIZE_X: u32;
override SIZE_Y: u32;
override SIZE_Z: u32;
/** 2: only x and y are sampled; z is a plane at index Z_PLANE. 3: all axes. */
override DIMENSIONS: u32;
/** Grid index (a fraction) of the plane that is moved when DIMENSIONS is 2. */
override Z_PLANE: f32;
/** 1: cells outside repeat the nearest one inside; 0: they count as zero. */
override BORDER: u32;

@group(0) @binding(0) var<storage, read> previousFromIndex: array<vec4f>;
@group(0) @binding(1) var<storage, read> memory: array<f32>;
@group(0) @binding(2) var<storage, read_write> moved: array<f32>;

/** Weight and flat index of one corner; weight 0 (and index 0) where the corner lies outside. */
struct Corner {
  weight: f32,
  index: u32,
}

fn findCorner(base: vec3i, upper: vec3f, offset: vec3i) -> Corner {
  let size = vec3i(i32(SIZE_X), i32(SIZE_Y), i32(SIZE_Z));
  let cell = base + offset;
  if (any(cell < vec3i(0)) || any(cell >= size)) {
    return Corner(0.0, 0u);
  }
  let shares = select(1.0 - upper, upper, offset == vec3i(1));
  return Corner(shares.x * shares.y * shares.z, u32((cell.z * size.y + cell.y) * size.x + cell.x));
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let cells = SIZE_X * SIZE_Y * SIZE_Z;
  let cell = (group.y * groups.x + group.x) * 64u + lane;
  if (cell >= cells) {
    return;
  }
  let first = group.z * BLOCK;
  let last = min(first + BLOCK, CHANNELS);
  if (previousFromIndex[3].x == 0.0) {
    for (var channel = first; channel < last; channel++) {
      moved[channel * cells + cell] = 0.0;
    }
    return;
  }
  let z = select(f32(cell / (SIZE_X * SIZE_Y)), Z_PLANE, DIMENSIONS == 2u);
  let index = vec4f(f32(cell % SIZE_X), f32((cell / SIZE_X) % SIZE_Y), z, 1.0);
  let limit = vec3f(f32(SIZE_X), f32(SIZE_Y), f32(SIZE_Z));
  // Clamping keeps far places outside (or, for borders, on the edge) and the conversion to integers defined.
  let lower = select(vec3f(-2.0), vec3f(0.0), BORDER == 1u);
  let upperLimit = select(limit + 1.0, limit - 1.0, BORDER == 1u);
  var place = clamp(
    vec3f(dot(previousFromIndex[0], index), dot(previousFromIndex[1], index), dot(previousFromIndex[2], index)),
    lower,
    upperLimit,
  );
  if (DIMENSIONS == 2u) {
    place.z = 0.0;
  }
  let base = vec3i(floor(place));
  let upper = place - floor(place);
  var corners: array<Corner, 8>;
  let used = select(8u, 4u, DIMENSIONS == 2u);
  for (var k = 0u; k < used; k++) {
    corners[k] = findCorner(base, upper, vec3i(i32(k & 1u), i32((k >> 1u) & 1u), i32(k >> 2u)));
  }
  for (var channel = first; channel < last; channel++) {
    let start = channel * cells;
    var sum = 0.0;
    for (var k = 0u; k < used; k++) {
      // A corner outside must not let a NaN or infinity at index 0 through.
      if (corners[k].weight > 0.0) {
        sum += corners[k].weight * memory[start + corners[k].index];
      }
    }
    moved[start + cell] = sum;
  }
}
