// Purpose: the velocity of every voxel in metres per second, ego axes; zero where its label may not carry flow
//   or where it is slower than what counts as moving.
// Bindings:
//   0 settings: uniform. Grid size, strides and unit of the flow tensor, labels that may carry flow.
//   1 flow: storage, read. Two channels, any layout; the stride of a missing axis is 0.
//   2 labels: storage, read. As the labels kernel wrote them.
//   3 velocities: storage, read_write. pack2x16float(vx, vy), one u32 to a voxel, z fastest.
// Dispatch: one invocation per voxel, workgroups of 64 folded into y.
// CPU twin: src/reference/decode.ts decodeFlow
// Tolerance: one unit in the last place of half precision.
// Paper: none (selection and scaling).

struct Settings {
  size: vec3u,
  channel_of_x: u32,
  /** Elements between neighbours along x, y, z. */
  strides: vec3u,
  channel_stride: u32,
  /** One bit per label. */
  carries: array<vec4u, 2>,
  scale: f32,
  /** Metres per second. */
  slowest: f32,
}

@group(0) @binding(0) var<uniform> settings: Settings;
@group(0) @binding(1) var<storage, read> flow: array<f32>;
@group(0) @binding(2) var<storage, read> labels: array<u32>;
@group(0) @binding(3) var<storage, read_write> velocities: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let voxel = id.y * groups.x * 64u + id.x;
  if (voxel >= settings.size.x * settings.size.y * settings.size.z) { return; }
  let label = (labels[voxel / 4u] >> (8u * (voxel % 4u))) & 255u;
  if (((settings.carries[label / 128u][(label / 32u) % 4u] >> (label % 32u)) & 1u) == 0u) {
    velocities[voxel] = 0u;
    return;
  }
  let column = voxel / settings.size.z;
  let cell = vec3u(column / settings.size.y, column % settings.size.y, voxel % settings.size.z);
  let places = cell * settings.strides;
  let place = places.x + places.y + places.z;
  let x = flow[place + settings.channel_of_x * settings.channel_stride];
  let y = flow[place + (1u - settings.channel_of_x) * settings.channel_stride];
  // Half precision ends at 65,504; what lies beyond is not defined by the packing.
  let velocity = clamp(vec2f(x, y) * settings.scale, vec2f(-65504.0), vec2f(65504.0));
  let is_still = dot(velocity, velocity) < settings.slowest * settings.slowest;
  velocities[voxel] = select(pack2x16float(velocity), 0u, is_still);
}
