// Purpose: find the grid cell of every frustum point, with its share of the point's weight, and count the entries of each cell.
//   A point makes CORNERS entries: 1 (nearest filling) or 8 (soft filling: the trilinear shares of its neighbours).
// Bindings:
//   0 gridFromPixel: storage, read. Three rows (vec4f) for each camera: (u d, v d, d, 1) -> grid coordinate.
//   1 axes: storage, read. u of every column, v of every row (pixels), then depth of every bin (metres).
//   2 counts: storage, read_write. Entries of each cell; zeroed before.
//   3 cellOfEntry: storage, read_write. Cell, or 0xffffffff outside the grid.
//   4 shareOfEntry: storage, read_write. 1 for nearest filling.
// Dispatch: one invocation for each point (camera, bin, row, column; column fastest), workgroups of 64 folded into y.
// CPU twin: src/reference/voxelPool.ts locatePoints
// Tolerance: cells are equal but for points within 1e-3 of a cell face (a GPU may fuse multiplication and addition); shares 1e-4.
// Paper: BEVDet / BEVPoolv2 (arXiv 2211.17111); soft filling after ALOcc (arXiv 2411.07725).

override COLUMNS: u32;
override ROWS: u32;
override BINS: u32;
override POINTS: u32;
override SIZE_X: u32;
override SIZE_Y: u32;
override SIZE_Z: u32;
override CORNERS: u32;
/** 1: cells by floor; 0: by truncation toward zero, which keeps points up to one cell below the lower faces. */
override FLOOR: u32;

@group(0) @binding(0) var<storage, read> gridFromPixel: array<vec4f>;
@group(0) @binding(1) var<storage, read> axes: array<f32>;
@group(0) @binding(2) var<storage, read_write> counts: array<atomic<u32>>;
@group(0) @binding(3) var<storage, read_write> cellOfEntry: array<u32>;
@group(0) @binding(4) var<storage, read_write> shareOfEntry: array<f32>;

const OUTSIDE = 0xffffffffu;

fn locate(point: u32) -> vec3f {
  let column = point % COLUMNS;
  let row = (point / COLUMNS) % ROWS;
  let bin = (point / (COLUMNS * ROWS)) % BINS;
  let camera = point / (COLUMNS * ROWS * BINS);
  let depth = axes[COLUMNS + ROWS + bin];
  let homogeneous = vec4f(axes[column] * depth, axes[COLUMNS + row] * depth, depth, 1.0);
  return vec3f(
    dot(gridFromPixel[camera * 3u], homogeneous),
    dot(gridFromPixel[camera * 3u + 1u], homogeneous),
    dot(gridFromPixel[camera * 3u + 2u], homogeneous),
  );
}

fn addEntry(entry: u32, cell: vec3i, share: f32) {
  let size = vec3i(i32(SIZE_X), i32(SIZE_Y), i32(SIZE_Z));
  if (any(cell < vec3i(0)) || any(cell >= size)) {
    cellOfEntry[entry] = OUTSIDE;
    return;
  }
  let index = u32((cell.z * size.y + cell.y) * size.x + cell.x);
  cellOfEntry[entry] = index;
  shareOfEntry[entry] = share;
  atomicAdd(&counts[index], 1u);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let point = id.y * groups.x * 64u + id.x;
  if (point >= POINTS) {
    return;
  }
  // Coordinates far outside would overflow the conversion to integers; clamping keeps them outside.
  let limit = vec3f(f32(SIZE_X), f32(SIZE_Y), f32(SIZE_Z)) + 1.0;
  let coordinate = clamp(locate(point), vec3f(-2.0), limit);
  if (CORNERS == 1u) {
    addEntry(point, vec3i(select(trunc(coordinate), floor(coordinate), FLOOR == 1u)), 1.0);
    return;
  }
  let base = floor(coordinate);
  let upper = coordinate - base;
  for (var corner = 0u; corner < 8u; corner++) {
    let offset = vec3u(corner & 1u, (corner >> 1u) & 1u, corner >> 2u);
    let shares = select(1.0 - upper, upper, offset == vec3u(1u));
    addEntry(point * 8u + corner, vec3i(base) + vec3i(offset), shares.x * shares.y * shares.z);
  }
}
