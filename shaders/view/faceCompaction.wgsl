// Purpose: list the faces of drawn voxels whose neighbour is not drawn, with corner occlusion and outline bits.
//   A voxel is drawn when its class is visible, not free, and its slice is inside the height range.
// Bindings: 0 labels (u8 packed 4 per u32, z fastest), 1 parameters, 2 counters [faces, drawn voxels, overflow, 0]
//   (zeroed before; overflow is set by finishDraw.wgsl), 3 records (two u32 per face, see the twin's layout).
// Dispatch: one invocation for each word of four voxels, workgroups of 64 folded into y.
//   The order of the records is not fixed; the set is. Records past the capacity are counted but not written.
// CPU twin: src/reference/faceCompaction.ts. Tolerance: exact (as a set).
// Corner occlusion: the usual three-neighbour rule of voxel engines (M. Lysenko, 0fps.net, 2013).

struct Parameters {
  size: vec3u,
  visibleClasses: u32,
  firstSlice: u32,
  lastSlice: u32,
  freeLabel: u32,
  capacity: u32,
}

@group(0) @binding(0) var<storage, read> labels: array<u32>;
@group(0) @binding(1) var<uniform> parameters: Parameters;
@group(0) @binding(2) var<storage, read_write> counters: array<atomic<u32>, 4>;
@group(0) @binding(3) var<storage, read_write> records: array<vec2u>;

const NOT_DRAWN = 255u;

var<workgroup> groupFaces: atomic<u32>;
var<workgroup> groupVoxels: atomic<u32>;
var<workgroup> groupStart: u32;

fn isVisible(label: u32) -> bool {
  return label != parameters.freeLabel && label < 32u && ((parameters.visibleClasses >> (label & 31u)) & 1u) == 1u;
}

// The label where a voxel is drawn, NOT_DRAWN where it is free, hidden, cut away or outside.
fn drawnLabel(cell: vec3i) -> u32 {
  let size = vec3i(parameters.size);
  if (any(cell < vec3i(0)) || any(cell >= size)) { return NOT_DRAWN; }
  if (u32(cell.z) < parameters.firstSlice || u32(cell.z) > parameters.lastSlice) { return NOT_DRAWN; }
  let index = u32((cell.x * size.y + cell.y) * size.z + cell.z);
  let label = extractBits(labels[index / 4u], (index % 4u) * 8u, 8u);
  return select(NOT_DRAWN, label, isVisible(label));
}

fn isDrawn(cell: vec3i) -> bool { return drawnLabel(cell) != NOT_DRAWN; }

fn cellOf(index: u32) -> vec3i {
  let column = index / parameters.size.z;
  return vec3i(vec3u(column / parameters.size.y, column % parameters.size.y, index % parameters.size.z));
}

fn unitVector(axis: u32) -> vec3i { return vec3i(select(vec3u(0u), vec3u(1u), vec3u(0u, 1u, 2u) == vec3u(axis))); }

fn normalOf(face: u32) -> vec3i { return unitVector(face / 2u) * select(-1, 1, (face & 1u) == 1u); }

// Bit f is set when face f (-x +x -y +y -z +z) of a drawn voxel is exposed.
fn exposedFaces(cell: vec3i) -> u32 {
  var mask = 0u;
  for (var face = 0u; face < 6u; face++) {
    if (!isDrawn(cell + normalOf(face))) { mask |= 1u << face; }
  }
  return mask;
}

// Bits 0-7: openness 0..3 of the corners (-u-v, +u-v, -u+v, +u+v). Bits 8-11: outline along -u, +u, -v, +v,
// where the surface does not go on flat in the same class.
fn shadeOf(cell: vec3i, face: u32, label: u32) -> u32 {
  let normal = normalOf(face);
  let u = unitVector((face / 2u + 1u) % 3u);
  let v = unitVector((face / 2u + 2u) % 3u);
  var shade = 0u;
  for (var corner = 0u; corner < 4u; corner++) {
    let alongU = u * select(-1, 1, (corner & 1u) == 1u);
    let alongV = v * select(-1, 1, (corner & 2u) == 2u);
    let sideU = u32(isDrawn(cell + normal + alongU));
    let sideV = u32(isDrawn(cell + normal + alongV));
    let diagonal = u32(isDrawn(cell + normal + alongU + alongV));
    let openness = select(3u - sideU - sideV - diagonal, 0u, sideU + sideV == 2u);
    shade |= openness << (corner * 2u);
  }
  for (var edge = 0u; edge < 4u; edge++) {
    let along = select(v, u, edge < 2u) * select(-1, 1, (edge & 1u) == 1u);
    let goesOn = drawnLabel(cell + along) == label && !isDrawn(cell + along + normal);
    shade |= u32(!goesOn) << (8u + edge);
  }
  return shade;
}

@compute @workgroup_size(64)
fn main(
  @builtin(global_invocation_id) id: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let word = id.y * groups.x * 64u + id.x;
  let voxels = parameters.size.x * parameters.size.y * parameters.size.z;
  var masks: array<u32, 4>;
  var faces = 0u;
  var drawn = 0u;
  for (var k = 0u; k < 4u; k++) {
    let index = word * 4u + k;
    masks[k] = 0u;
    if (index >= voxels) { continue; }
    if (!isVisible(extractBits(labels[word], k * 8u, 8u))) { continue; }
    let cell = cellOf(index);
    if (!isDrawn(cell)) { continue; }
    drawn++;
    masks[k] = exposedFaces(cell);
    faces += countOneBits(masks[k]);
  }
  var slot = 0u;
  if (drawn > 0u) { atomicAdd(&groupVoxels, drawn); }
  if (faces > 0u) { slot = atomicAdd(&groupFaces, faces); }
  workgroupBarrier();
  if (local == 0u) {
    let total = atomicLoad(&groupFaces);
    if (total > 0u) { groupStart = atomicAdd(&counters[0], total); }
    let groupDrawn = atomicLoad(&groupVoxels);
    if (groupDrawn > 0u) { atomicAdd(&counters[1], groupDrawn); }
  }
  workgroupBarrier();
  if (faces == 0u) { return; }
  slot += groupStart;
  for (var k = 0u; k < 4u; k++) {
    let index = word * 4u + k;
    for (var face = 0u; face < 6u; face++) {
      if (((masks[k] >> face) & 1u) == 0u) { continue; }
      if (slot < parameters.capacity) {
        let label = extractBits(labels[word], k * 8u, 8u);
        records[slot] = vec2u(index | (face << 24u) | (label << 27u), shadeOf(cellOf(index), face, label));
      }
      slot++;
    }
  }
}
