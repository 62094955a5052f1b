import type { WorldCamera } from '../model.ts';
import type { FrameGeometry } from './frameGeometry.ts';
import type { Rasteriser } from './rasteriser.ts';
import type { Shader } from './shading.ts';

/** One over the metres from which faces of one material count as one surface. */
const farInverse = 1 / 30;

/** Weights of the three by three samples around a pixel centre: a tent one pixel wide, corner to corner. */
const tent = [1, 2, 1, 2, 4, 2, 1, 2, 1];

/** Smooths edges: mixes the surfaces that the samples around a pixel centre belong to. */
export class EdgeResolver {
  private readonly geometry: FrameGeometry;
  private readonly shader: Shader;
  private readonly leafy: Uint8Array;

  /** `leafy` is 0 for each solid material. */
  constructor(geometry: FrameGeometry, shader: Shader, leafy: Uint8Array) {
    this.geometry = geometry;
    this.leafy = leafy;
    this.shader = shader;
  }

  /**
   * Reads centre radiance (three values per pixel) and the double-density target, returns smoothed radiance.
   * A sample whose surface shows at a pixel centre next to it takes that radiance; only others are shaded themselves.
   */
  resolve(radiance: Float32Array, target: Rasteriser, camera: WorldCamera): Float32Array {
    const { width, height } = camera;
    const owner = target.owner!;
    const result = radiance.slice();
    const stride = target.width;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const centre = (2 * y + 1) * stride + 2 * x + 1;
        const own = owner[centre]!;
        if (
          owner[centre - 1] === own &&
          owner[centre + 1] === own &&
          owner[centre - stride] === own &&
          owner[centre + stride] === own &&
          owner[centre - stride - 1] === own &&
          owner[centre - stride + 1] === own &&
          owner[centre + stride - 1] === own &&
          owner[centre + stride + 1] === own
        ) {
          continue;
        }
        this.mixPixel(result, radiance, target, camera, x, y, centre);
      }
    }
    return result;
  }

  private mixPixel(
    result: Float32Array,
    radiance: Float32Array,
    target: Rasteriser,
    camera: WorldCamera,
    x: number,
    y: number,
    centre: number,
  ): void {
    const owner = target.owner!;
    const own = owner[centre]!;
    const pixel = (y * camera.width + x) * 3;
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let k = 0; k < 9; k++) {
      const i = (k % 3) - 1;
      const j = ((k / 3) | 0) - 1;
      const at = centre + j * target.width + i;
      const weight = tent[k]! / 16;
      const source = owner[at] === own ? pixel : this.findSameSurface(target, camera, x, y, i, j, at, centre);
      if (source >= 0) {
        red += radiance[source]! * weight;
        green += radiance[source + 1]! * weight;
        blue += radiance[source + 2]! * weight;
      } else {
        this.shadeSample(target, camera, x + i / 2, y + j / 2, at);
        red += this.shader.red * weight;
        green += this.shader.green * weight;
        blue += this.shader.blue * weight;
      }
    }
    result[pixel] = red;
    result[pixel + 1] = green;
    result[pixel + 2] = blue;
  }

  /** Offset of the radiance of a pixel centre next to the sample that shows the same surface, or -1. */
  private findSameSurface(
    target: Rasteriser,
    camera: WorldCamera,
    x: number,
    y: number,
    i: number,
    j: number,
    at: number,
    centre: number,
  ): number {
    if (this.isSameSurface(target, at, centre)) return (y * camera.width + x) * 3;
    const nextX = x + i;
    const nextY = y + j;
    const insideX = nextX >= 0 && nextX < camera.width;
    const insideY = nextY >= 0 && nextY < camera.height;
    if (i !== 0 && insideX && this.isSameSurface(target, at, centre + 2 * i)) return (y * camera.width + nextX) * 3;
    const down = 2 * j * target.width;
    if (j !== 0 && insideY && this.isSameSurface(target, at, centre + down)) return (nextY * camera.width + x) * 3;
    if (i !== 0 && j !== 0 && insideX && insideY && this.isSameSurface(target, at, centre + down + 2 * i)) {
      return (nextY * camera.width + nextX) * 3;
    }
    return -1;
  }

  private isSameSurface(target: Rasteriser, a: number, b: number): boolean {
    const first = target.owner![a]!;
    const second = target.owner![b]!;
    if (first === second) return true;
    if (first < 0 || second < 0) return false;
    const { parts, partOfTriangle, materialOfTriangle } = this.geometry;
    const material = materialOfTriangle[first]!;
    if (material !== materialOfTriangle[second]) return false;
    const nearness = target.depth[a]! / target.depth[b]!;
    if (nearness < 0.95 || nearness > 1.05) return false;
    // Far away, and among leaves, the turn of a face is smaller than the noise on it.
    if (target.depth[a]! < farInverse || this.leafy[material]! > 0) return true;
    const firstPart = parts[partOfTriangle[first]!]!;
    const secondPart = parts[partOfTriangle[second]!]!;
    // Different parts of one material (chunks of ground) meet smoothly; within a part the normals tell.
    if (firstPart !== secondPart) return firstPart.rotation === null && secondPart.rotation === null;
    const { normals, firstTriangle } = firstPart;
    const p = first - firstTriangle;
    const q = second - firstTriangle;
    const cosine =
      normals[p * 9]! * normals[q * 9]! +
      normals[p * 9 + 1]! * normals[q * 9 + 1]! +
      normals[p * 9 + 2]! * normals[q * 9 + 2]!;
    return cosine > 0.9 * 32767 * 32767;
  }

  private shadeSample(target: Rasteriser, camera: WorldCamera, x: number, y: number, at: number): void {
    const k = camera.intrinsics;
    const rayX = (x - k[2]!) / k[0]!;
    const rayY = (y - k[5]!) / k[4]!;
    const triangle = target.owner![at]!;
    if (triangle < 0) this.shader.shadeSky(rayX, rayY);
    else this.shader.shadeSurface(triangle, rayX, rayY, 1 / target.depth[at]!);
  }
}
