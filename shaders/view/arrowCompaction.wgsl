// Purpose: choose at most one flow arrow for each square of columns, so that arrows stay legible.
//   Of a square's moving voxels (drawn, dynamic class, faster than the threshold) the highest one is the anchor;
//   among equally high ones the one with the lowest (x, y) wins.
// Bindings: 0 labels (u8 packed 4 per u32, z fastest), 1 flow (pack2x16float(vx, vy), one u32 per voxel),
//   2 parameters, 3 counters [arrows, 0, overflow, 0] (zeroed before), 4 records [voxel | class << 27, packed flow].
// Dispatch: one invocation for each square, workgroups of 64 folded into y. The order of the records is not fixed.
// CPU twin: src/reference/arrowCompaction.ts. Tolerance: exact (as a set).

struct Parameters {
  size: vec3u,
  visibleClasses: u32,
  firstSlice: u32,
  lastSlice: u32,
  freeLabel: u32,
  capacity: u32,
  dynamicClasses: u32,
  clusterSize: u32,
  minimumSpeed: f32,
  reserved: u32,
}

@group(0) @binding(0) var<storage, read> labels: array<u32>;
@group(0) @binding(1) var<storage, read> flow: array<u32>;
@group(0) @binding(2) var<uniform> parameters: Parameters;
@group(0) @binding(3) var<storage, read_write> counters: array<atomic<u32>, 4>;
@group(0) @binding(4) var<storage, read_write> records: array<vec2u>;

fn labelAt(index: u32) -> u32 { return extractBits(labels[index / 4u], (index % 4u) * 8u, 8u); }

fn mayMove(label: u32) -> bool {
  let wanted = parameters.visibleClasses & parameters.dynamicClasses;
  return label != parameters.freeLabel && label < 32u && ((wanted >> (label & 31u)) & 1u) == 1u;
}

fn isMoving(index: u32) -> bool {
  if (!mayMove(labelAt(index))) { return false; }
  let velocity = unpack2x16float(flow[index]);
  return dot(velocity, velocity) > parameters.minimumSpeed * parameters.minimumSpeed;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let size = parameters.size;
  let side = parameters.clusterSize;
  let squares = (size.xy + side - 1u) / side;
  let square = id.y * groups.x * 64u + id.x;
  if (square >= squares.x * squares.y) { return; }
  let corner = vec2u(square / squares.y, square % squares.y) * side;
  let end = min(corner + side, size.xy);
  // Slices from the top: the first hit is the highest.
  for (var slice = min(parameters.lastSlice + 1u, size.z); slice > parameters.firstSlice; slice--) {
    for (var x = corner.x; x < end.x; x++) {
      for (var y = corner.y; y < end.y; y++) {
        let index = (x * size.y + y) * size.z + slice - 1u;
        if (!isMoving(index)) { continue; }
        let slot = atomicAdd(&counters[0], 1u);
        if (slot < parameters.capacity) {
          records[slot] = vec2u(index | (labelAt(index) << 27u), flow[index]);
        }
        return;
      }
    }
  }
}
