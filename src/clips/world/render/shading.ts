import type { WorldCamera, WorldInstant } from '../model.ts';
import { FACE_STRIDE, FaceCache } from './faceCache.ts';
import type { FrameGeometry } from './frameGeometry.ts';
import { LampLight } from './lampLight.ts';
import { patternTable } from './patterns/index.ts';
import type { Sky } from './sky.ts';
import type { SunMaps } from './sunMaps.ts';
import type { EvaluatePattern } from './surfaceSample.ts';
import { type PreparedMaterial, prepareMaterial, SurfaceSample } from './surfaceSample.ts';

/** Light at one pixel: finds the surface point behind it, colours it and lights it. Results are linear radiance in `red`, `green`, `blue`. */
export class Shader {
  red = 0.5;
  green = 0.5;
  blue = 0.5;
  private readonly geometry: FrameGeometry;
  private readonly faces: FaceCache;
  private readonly sky: Sky;
  private readonly materials: readonly PreparedMaterial[];
  private readonly evaluate: readonly EvaluatePattern[];
  private readonly sample = new SurfaceSample();
  private readonly fog: number;
  private readonly sunColour: readonly [number, number, number];
  private maps: SunMaps | null = null;
  private matrix: Float64Array = new Float64Array(16);
  private pixelAngle = 0.001;
  private readonly lamps: LampLight | null;
  private isLens = false;

  constructor(instant: WorldInstant, geometry: FrameGeometry, sky: Sky) {
    this.geometry = geometry;
    this.faces = new FaceCache(geometry);
    this.sky = sky;
    this.materials = instant.materials.map(prepareMaterial);
    this.evaluate = instant.materials.map((material) => patternTable[material.pattern]);
    this.fog = instant.weather.fogDensity;
    this.sunColour = instant.weather.sunColour;
    this.sample.wetness = instant.weather.wetness;
    const { night } = instant.weather;
    this.sample.night = night;
    this.sample.dusk = Math.max(night, Math.min(1, Math.max(0, (0.16 - sky.sun[2]) / 0.16)));
    this.lamps = instant.lamps.length > 0 ? new LampLight(instant.lamps) : null;
  }

  /** Chooses the camera and the shadow maps for the pixels to come. */
  begin(camera: WorldCamera, maps: SunMaps): void {
    this.maps = maps;
    this.matrix.set(camera.worldFromCamera);
    this.pixelAngle = 1 / camera.intrinsics[0]!;
  }

  /** Sky along the camera ray (x, y, 1). */
  shadeSky(x: number, y: number): void {
    const m = this.matrix;
    const size = 1 / Math.sqrt(x * x + y * y + 1);
    const dx = (m[0]! * x + m[1]! * y + m[2]!) * size;
    const dy = (m[4]! * x + m[5]! * y + m[6]!) * size;
    const dz = (m[8]! * x + m[9]! * y + m[10]!) * size;
    this.sky.look(dx, dy, dz, 0);
    // Seen directly, the sky is brighter than the mean light it sends down: cameras nearly clip it.
    this.red = this.sky.red * 1.25;
    this.green = this.sky.green * 1.25;
    this.blue = this.sky.blue * 1.25;
  }

  /** Triangle `triangle` along the camera ray (x, y, 1) at `depth` metres along z. */
  shadeSurface(triangle: number, x: number, y: number, depth: number): void {
    const m = this.matrix;
    const size = Math.sqrt(x * x + y * y + 1);
    const dx = m[0]! * x + m[1]! * y + m[2]!;
    const dy = m[4]! * x + m[5]! * y + m[6]!;
    const dz = m[8]! * x + m[9]! * y + m[10]!;
    const s = this.sample;
    s.x = m[3]! + dx * depth;
    s.y = m[7]! + dy * depth;
    s.z = m[11]! + dz * depth;
    const inverse = -1 / size;
    s.vx = dx * inverse;
    s.vy = dy * inverse;
    s.vz = dz * inverse;
    s.distance = depth * size;
    this.locate(triangle);
    const facing = Math.max(s.gx * s.vx + s.gy * s.vy + s.gz * s.vz, 0.04);
    const pixel = s.distance * this.pixelAngle;
    s.footprint = pixel / Math.sqrt(facing);
    s.footprintAlong = Math.abs(s.gz) < 0.5 ? pixel / facing : s.footprint;
    const material = this.geometry.materialOfTriangle[triangle]!;
    this.isLens = this.lamps !== null && this.materials[material]!.pattern === 'lamp';
    s.begin(this.materials[material]!);
    this.evaluate[material]!(s, this.materials[material]!);
    this.light();
  }

  /** Interpolates normal and surface coordinates at the sample's position, facing the viewer. */
  private locate(triangle: number): void {
    const { faces } = this;
    const s = this.sample;
    const f = faces.find(triangle);
    const { values } = faces;
    const qx = s.x - values[f]!;
    const qy = s.y - values[f + 1]!;
    const qz = s.z - values[f + 2]!;
    const qu = qx * values[f + 3]! + qy * values[f + 4]! + qz * values[f + 5]!;
    const qw = qx * values[f + 6]! + qy * values[f + 7]! + qz * values[f + 8]!;
    const uw = values[f + 10]!;
    const scale = values[f + 12]!;
    // Samples on an edge may lie a hair outside: the weights stay in 0..1 so that nothing is extrapolated.
    let b = (values[f + 11]! * qu - uw * qw) * scale;
    let c = (values[f + 9]! * qw - uw * qu) * scale;
    b = b < 0 ? 0 : b > 1 ? 1 : b;
    c = c < 0 ? 0 : c > 1 - b ? 1 - b : c;
    const a = 1 - b - c;
    s.u = values[f + 13]! * a + values[f + 14]! * b + values[f + 15]! * c;
    s.v = values[f + 16]! * a + values[f + 17]! * b + values[f + 18]! * c;
    s.uLow = values[f + 19]!;
    s.uHigh = values[f + 20]!;
    s.vLow = values[f + 21]!;
    s.vHigh = values[f + 22]!;
    let nx = values[f + 23]! * a + values[f + 26]! * b + values[f + 29]! * c;
    let ny = values[f + 24]! * a + values[f + 27]! * b + values[f + 30]! * c;
    let nz = values[f + 25]! * a + values[f + 28]! * b + values[f + 31]! * c;
    const rotation = faces.rotations[f / FACE_STRIDE]!;
    if (rotation !== null) {
      const mx = nx;
      const my = ny;
      const mz = nz;
      nx = rotation[0]! * mx + rotation[1]! * my + rotation[2]! * mz;
      ny = rotation[3]! * mx + rotation[4]! * my + rotation[5]! * mz;
      nz = rotation[6]! * mx + rotation[7]! * my + rotation[8]! * mz;
    }
    this.orient(nx, ny, nz);
  }

  /** Takes over a normal in world axes, brought to unit length and turned to the viewer. */
  private orient(x: number, y: number, z: number): void {
    const s = this.sample;
    const size = 1 / (Math.sqrt(x * x + y * y + z * z) + 1e-9);
    s.behind = x * s.vx + y * s.vy + z * s.vz < 0;
    const side = s.behind ? -size : size;
    const nx = x * side;
    const ny = y * side;
    const nz = z * side;
    s.nx = nx;
    s.ny = ny;
    s.nz = nz;
    s.gx = nx;
    s.gy = ny;
    s.gz = nz;
  }

  /** Sun, sky, ground bounce, mirror and fog for the coloured sample. */
  private light(): void {
    const { sky, sunColour } = this;
    const s = this.sample;
    const sun3 = sky.sun;
    const maps = this.maps!;
    const wrapped = (s.nx * sun3[0] + s.ny * sun3[1] + s.nz * sun3[2] + s.wrap) / (1 + s.wrap);
    let sun = 0;
    if (wrapped > 0 && sun3[2] > -0.05) sun = maps.findSunlight(s);
    const direct = wrapped > 0 ? wrapped * sun : 0;
    const open = s.open * maps.findOpenness(s);
    const up = (0.5 + 0.5 * s.nz) * open;
    const down = (0.5 - 0.5 * s.nz) * (0.35 + 0.65 * open);
    const { above, below } = sky;
    this.red = s.red * (sunColour[0] * direct + above[0] * up + below[0] * down) + s.glowRed;
    this.green = s.green * (sunColour[1] * direct + above[1] * up + below[1] * down) + s.glowGreen;
    this.blue = s.blue * (sunColour[2] * direct + above[2] * up + below[2] * down) + s.glowBlue;
    if (this.lamps !== null) this.addLamps(this.lamps);
    if (s.mirror > 0.004) this.addMirror(sun, open);
    if (this.fog > 0) {
      const { haze } = sky;
      const thickness = this.fog * s.distance;
      // 1 - exp(-t) to three digits, without the call.
      const veil = 1 - 1 / (1 + thickness * (1 + thickness * (0.5 + thickness * 0.1667)));
      this.red += (haze[0] - this.red) * veil;
      this.green += (haze[1] - this.green) * veil;
      this.blue += (haze[2] - this.blue) * veil;
    }
  }

  /** Street, head and tail lamps; a lens shines in its own colour. */
  private addLamps(lamps: LampLight): void {
    const s = this.sample;
    lamps.gather(s, this.isLens);
    this.red += s.red * lamps.red;
    this.green += s.green * lamps.green;
    this.blue += s.blue * lamps.blue;
    if (lamps.glow > 0) {
      const strength = lamps.glow * 3;
      this.red += s.red * strength;
      this.green += s.green * strength;
      this.blue += s.blue * strength;
    }
  }

  /** Reflection of the sky and the sun by the smooth surface: Schlick's Fresnel term, a power lobe for the sun. */
  private addMirror(sun: number, open: number): void {
    const { sky, sunColour } = this;
    const s = this.sample;
    const sun3 = sky.sun;
    const cosine = Math.max(s.gx * s.vx + s.gy * s.vy + s.gz * s.vz, 0.001);
    const rx = 2 * cosine * s.gx - s.vx;
    const ry = 2 * cosine * s.gy - s.vy;
    const rz = 2 * cosine * s.gz - s.vz;
    const away = 1 - cosine;
    const fresnel = s.mirror + (1 - s.mirror) * away * away * away * away * away * s.sharpness * s.sharpness;
    const strength = fresnel * (0.35 + 0.65 * open);
    if (strength > 0.01) {
      sky.reflect(rx, ry, rz, 1 - s.sharpness);
      this.red += (sky.red - this.red * 0.8) * strength;
      this.green += (sky.green - this.green * 0.8) * strength;
      this.blue += (sky.blue - this.blue * 0.8) * strength;
    }
    const glint = rx * sun3[0] + ry * sun3[1] + rz * sun3[2];
    if (glint > 0.9 && sun > 0) {
      const power = 30 + 900 * s.sharpness * s.sharpness;
      const spot = fresnel * sun * glint ** power * power * 0.03;
      this.red += sunColour[0] * spot;
      this.green += sunColour[1] * spot;
      this.blue += sunColour[2] * spot;
    }
  }
}
