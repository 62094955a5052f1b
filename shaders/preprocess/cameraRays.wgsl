// Purpose: describe the ray of every sample of the network image: slope, distance to the ground, azimuth, focal length.
// Bindings:
//   0 cameras: storage, read. Three rows per camera: (ego direction from pixel, row), w = height in metres, focal, unused.
//   1 channels: storage, read. Code of each output channel, in the order of RAY_CHANNELS in src/pipeline/cameraRays.ts.
//   2 rays: storage, read_write. [camera][channel][height][width].
// Dispatch: one invocation per camera and sample, workgroups of 64 folded into y.
// CPU twin: src/reference/cameraRays.ts cameraRaysReference
// Tolerance: 1e-5; 1e-4 for logGroundDistance next to the horizon.
// Paper: none; training/ computes the same channels.

override WIDTH: u32;
override HEIGHT: u32;
override CAMERAS: u32;
override CHANNELS: u32;
override PIXELS_PER_SAMPLE_X: f32;
override PIXELS_PER_SAMPLE_Y: f32;

@group(0) @binding(0) var<storage, read> cameras: array<vec4f>;
@group(0) @binding(1) var<storage, read> channels: array<u32>;
@group(0) @binding(2) var<storage, read_write> rays: array<f32>;

const LOG_FARTHEST = 4.605170185988092; // ln(100 m)

fn compute_log_distance(inverse: f32) -> f32 {
  if (inverse <= 0.01) { return 1.0; }
  return log(1.0 / inverse) / LOG_FARTHEST;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * 64u + id.x;
  let area = WIDTH * HEIGHT;
  if (index >= CAMERAS * area) { return; }
  let camera = index / area;
  let sample = index % area;
  let u = (f32(sample % WIDTH) + 0.5) * PIXELS_PER_SAMPLE_X - 0.5;
  let v = (f32(sample / WIDTH) + 0.5) * PIXELS_PER_SAMPLE_Y - 0.5;
  let pixel = vec3f(u, v, 1.0);
  let row_x = cameras[3u * camera];
  let row_y = cameras[3u * camera + 1u];
  let row_z = cameras[3u * camera + 2u];
  let direction = vec3f(dot(row_x.xyz, pixel), dot(row_y.xyz, pixel), dot(row_z.xyz, pixel));
  let inverse = clamp(-direction.z / row_x.w, 0.0, 1.0);
  let across = max(length(direction.xy), 1e-12);
  for (var channel = 0u; channel < CHANNELS; channel++) {
    var value = 0.0;
    switch channels[channel] {
      case 0u: { value = direction.z / length(direction); }
      case 1u: { value = inverse; }
      case 2u: { value = compute_log_distance(inverse); }
      case 3u: { value = row_y.w; }
      case 4u: { value = direction.y / across; }
      default: { value = direction.x / across; }
    }
    rays[(camera * CHANNELS + channel) * area + sample] = value;
  }
}
