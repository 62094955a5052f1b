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

/** The cells that a place is sampled from, in two layers of four: (x, y) = (0, 0), (1, 0), (0, 1), (1, 1) from the base. */
struct Samples {
  lowerWeights: vec4f,
  upperWeights: vec4f,
  lowerCells: vec4u,
  upperCells: vec4u,
}

/** Weights of the four corners of one layer; corners outside the grid weigh nothing. */
fn weighLayer(base: vec2i, upper: vec2f, layerWeight: f32) -> vec4f {
  let x = vec2f(1.0 - upper.x, upper.x) * vec2f(insideAxis(base.x, SIZE_X), insideAxis(base.x + 1, SIZE_X));
  let y = vec2f(1.0 - upper.y, upper.y) * vec2f(insideAxis(base.y, SIZE_Y), insideAxis(base.y + 1, SIZE_Y));
  return vec4f(x.x * y.x, x.y * y.x, x.x * y.y, x.y * y.y) * layerWeight;
}

fn insideAxis(index: i32, size: u32) -> f32 {
  return select(0.0, 1.0, index >= 0 && index < i32(size));
}

/** Flat cells of one layer. A corner without weight reads a cell that counts anyway, so that no stray NaN gets in. */
fn addressLayer(base: vec3i, weights: vec4f, spare: u32) -> vec4u {
  let first = (base.z * i32(SIZE_Y) + base.y) * i32(SIZE_X) + base.x;
  let cells = vec4i(first) + vec4i(0, 1, i32(SIZE_X), i32(SIZE_X) + 1);
  return select(vec4u(cells), vec4u(spare), weights == vec4f(0.0));
}

fn findSamples(place: vec3f) -> Samples {
  let base = vec3i(floor(place));
  let upper = place - floor(place);
  let nearest = clamp(vec3i(round(place)), vec3i(0), vec3i(i32(SIZE_X), i32(SIZE_Y), i32(SIZE_Z)) - 1);
  let spare = u32((nearest.z * i32(SIZE_Y) + nearest.y) * i32(SIZE_X) + nearest.x);
  var samples: Samples;
  if (DIMENSIONS == 2u) {
    samples.lowerWeights = weighLayer(base.xy, upper.xy, 1.0);
    samples.lowerCells = addressLayer(base, samples.lowerWeights, spare);
    return samples;
  }
  samples.lowerWeights = weighLayer(base.xy, upper.xy, (1.0 - upper.z) * insideAxis(base.z, SIZE_Z));
  samples.lowerCells = addressLayer(base, samples.lowerWeights, spare);
  samples.upperWeights = weighLayer(base.xy, upper.xy, upper.z * insideAxis(base.z + 1, SIZE_Z));
  samples.upperCells = addressLayer(base + vec3i(0, 0, 1), samples.upperWeights, spare);
  return samples;
}

fn readLayer(start: u32, cells: vec4u) -> vec4f {
  return vec4f(memory[start + cells.x], memory[start + cells.y], memory[start + cells.z], memory[start + cells.w]);
}

/** Where a cell of this frame lies in the previous grid. */
fn findPlace(cell: u32) -> vec3f {
  let z = select(f32(cell / (SIZE_X * SIZE_Y)), Z_PLANE, DIMENSIONS == 2u);
  let index = vec4f(f32(cell % SIZE_X), f32((cell / SIZE_X) % SIZE_Y), z, 1.0);
  let place = vec3f(
    dot(previousFromIndex[0], index),
    dot(previousFromIndex[1], index),
    select(dot(previousFromIndex[2], index), 0.0, DIMENSIONS == 2u),
  );
  let size = vec3f(f32(SIZE_X), f32(SIZE_Y), f32(SIZE_Z));
  if (BORDER == 1u) {
    return clamp(place, vec3f(0.0), size - 1.0);
  }
  // Clamping keeps far places outside and the conversion to integers defined.
  return clamp(place, vec3f(-2.0), size + 1.0);
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
  let samples = findSamples(findPlace(cell));
  let weight = dot(samples.lowerWeights + samples.upperWeights, vec4f(1.0));
  if (previousFromIndex[3].x == 0.0 || weight == 0.0) {
    for (var channel = first; channel < last; channel++) {
      moved[channel * cells + cell] = 0.0;
    }
    return;
  }
  for (var channel = first; channel < last; channel++) {
    let start = channel * cells;
    var sum = dot(samples.lowerWeights, readLayer(start, samples.lowerCells));
    if (DIMENSIONS == 3u) {
      sum += dot(samples.upperWeights, readLayer(start, samples.upperCells));
    }
    moved[start + cell] = sum;
  }
}
