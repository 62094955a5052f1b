// Purpose: put every cell of this frame's feature maps at every depth, look up where the previous frame saw that point, and say
//   how alike the two descriptors are: the mean of their products over the cameras that saw it, 0 where none did.
// Bindings:
//   0 maps: storage, read. (1 where there is a previous frame, else 0, 0, 0, 0); then for each camera of this frame and each of the
//     previous one three rows (vec4f): (d x, d y, d, 1) -> (z u, z v, z), from cell (x, y) at depth d to cell (u, v) at depth z.
//   1 depths: storage, read. Metres along the camera's z axis, one per bin.
//   2 current: storage, read. [camera][height][width][channel / 4].
//   3 previous: storage, read. The same layout.
//   4 matches: storage, read_write. [camera][bin][height][width].
// Dispatch: one invocation for each camera, bin and cell, workgroups of 64 folded into y.
// CPU twin: src/reference/planeSweep.ts sweepPlanes
// Tolerance: 1e-3 for descriptors of length 1, except where a point lies on the border of what a camera saw.
// Paper: Collins, A space-sweep approach to true multi-image matching (CVPR 1996); temporal stereo in BEVStereo (arXiv 2209.10248).

override CAMERAS: u32;
override WIDTH: u32;
override HEIGHT: u32;
/** Channels of a descriptor, divided by four. */
override BLOCKS: u32;
override BINS: u32;
/** Points nearer to a camera of the previous frame (metres along its z axis) are not looked up. */
override NEAREST: f32;

@group(0) @binding(0) var<storage, read> maps: array<vec4f>;
@group(0) @binding(1) var<storage, read> depths: array<f32>;
@group(0) @binding(2) var<storage, read> current: array<vec4f>;
@group(0) @binding(3) var<storage, read> previous: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> matches: array<f32>;

/** Where a point lies in a camera of the previous frame: the cell to its upper left, and its shares of the next ones; seen or not. */
struct Place {
  cell: u32,
  right: f32,
  down: f32,
  seen: bool,
}

fn look_up(pair: u32, point: vec4f) -> Place {
  let row = 1u + 3u * pair;
  let z = dot(maps[row + 2u], point);
  let u = dot(maps[row], point) / max(z, NEAREST);
  let v = dot(maps[row + 1u], point) / max(z, NEAREST);
  if (!(z > NEAREST && u >= 0.0 && v >= 0.0 && u < f32(WIDTH - 1u) && v < f32(HEIGHT - 1u))) {
    return Place(0u, 0.0, 0.0, false);
  }
  return Place(u32(v) * WIDTH + u32(u), fract(u), fract(v), true);
}

/** The product of a descriptor of this frame with the previous frame's, mixed from four cells. */
fn compare(own: u32, first: u32, place: Place) -> f32 {
  var alike = 0.0;
  for (var k = 0u; k < BLOCKS; k++) {
    let upper = mix(previous[first + k], previous[first + BLOCKS + k], place.right);
    let below = first + WIDTH * BLOCKS + k;
    let lower = mix(previous[below], previous[below + BLOCKS], place.right);
    alike += dot(current[own + k], mix(upper, lower, place.down));
  }
  return alike;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * 64u + id.x;
  let area = WIDTH * HEIGHT;
  if (index >= CAMERAS * BINS * area) { return; }
  if (maps[0].x == 0.0) {
    matches[index] = 0.0;
    return;
  }
  let camera = index / (BINS * area);
  let depth = depths[(index / area) % BINS];
  let cell = index % area;
  let point = vec4f(depth * f32(cell % WIDTH), depth * f32(cell / WIDTH), depth, 1.0);
  let own = (camera * area + cell) * BLOCKS;
  var sum = 0.0;
  var seen = 0.0;
  for (var other = 0u; other < CAMERAS; other++) {
    let place = look_up(camera * CAMERAS + other, point);
    if (place.seen) {
      sum += compare(own, (other * area + place.cell) * BLOCKS, place);
      seen += 1.0;
    }
  }
  matches[index] = sum / max(seen, 1.0);
}
