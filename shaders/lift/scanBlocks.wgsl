// Purpose: exclusive prefix sums within blocks of 1024 values, and the total of each block.
//   Longer arrays: scan the totals likewise, then add them with addBlockOffsets.wgsl.
// Bindings:
//   0 values: storage, read.
//   1 sums: storage, read_write. Sum of the values before this one in its block.
//   2 totals: storage, read_write. One value for each block.
// Dispatch: one workgroup of 64 for each block, folded into y; an invocation takes 16 values, so that few meet at the barriers.
// CPU twin: src/reference/voxelPool.ts scanExclusive
// Tolerance: exact.
// Paper: Blelloch, Prefix sums and their applications (1990); here Hillis and Steele's form, which is short.

override COUNT: u32;

@group(0) @binding(0) var<storage, read> values: array<u32>;
@group(0) @binding(1) var<storage, read_write> sums: array<u32>;
@group(0) @binding(2) var<storage, read_write> totals: array<u32>;

var<workgroup> running: array<u32, 64>;

fn readValue(index: u32) -> u32 {
  if (index < COUNT) {
    return values[index];
  }
  return 0u;
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let blockIndex = group.y * groups.x + group.x;
  let first = blockIndex * 1024u + lane * 16u;
  var own = 0u;
  for (var k = 0u; k < 16u; k++) {
    own += readValue(first + k);
  }
  running[lane] = own;
  for (var reach = 1u; reach < 64u; reach *= 2u) {
    workgroupBarrier();
    var before = 0u;
    if (lane >= reach) {
      before = running[lane - reach];
    }
    workgroupBarrier();
    running[lane] += before;
  }
  var sum = running[lane] - own;
  for (var k = 0u; k < 16u; k++) {
    if (first + k < COUNT) {
      sums[first + k] = sum;
    }
    sum += readValue(first + k);
  }
  if (lane == 63u && blockIndex * 1024u < COUNT) {
    totals[blockIndex] = sum;
  }
}
