import type { Vector3 } from '../../../domain/geometry.ts';
import type { RenderedView, WorldCamera, WorldInstant } from '../model.ts';
import { Development } from './development.ts';
import { gatherGeometry, isGroundPattern, isLeafyPattern } from './frameGeometry.ts';
import { type Optics, passLens } from './optics.ts';
import { Rasteriser } from './rasteriser.ts';
import { EdgeResolver } from './resolve.ts';
import { findSampleProjection } from './sampleProjection.ts';
import { Shader } from './shading.ts';
import { Sky } from './sky.ts';
import { SunMaps } from './sunMaps.ts';
import { VisibilityPass } from './visibility.ts';

const skySegmentation = 10;
/** Height of the sun (sine) under which it shines into lenses. */
const glareBelow = 0.3;
/** Cameras this close to the first one share its shadow maps. */
const sharedMapMetres = 10;

// Sample grids are filled anew for each view: one set serves all instants of a drive.
const keptTargets = new WeakMap<WorldInstant['statics'], Map<string, Rasteriser>>();

function keepTargets(statics: WorldInstant['statics']): Map<string, Rasteriser> {
  let targets = keptTargets.get(statics);
  if (!targets) {
    targets = new Map();
    keptTargets.set(statics, targets);
  }
  return targets;
}

/** Draws one instant of the world for any number of cameras. */
export interface WorldRenderer {
  /** Draws what one camera sees; `samples` 2 smooths edges with a double-density sample grid. */
  renderView(camera: WorldCamera, options?: { readonly samples?: 1 | 2 }): RenderedView;
}

/** Prepares one instant for drawing; `shadowSize` is the edge of the sun's shadow maps in texels (default 1024). */
export function createRenderer(instant: WorldInstant, options: { readonly shadowSize?: number } = {}): WorldRenderer {
  const geometry = gatherGeometry(instant);
  const sky = new Sky(instant.weather, instant.seed);
  const shader = new Shader(instant, geometry, sky);
  const development = new Development(instant, sky);
  const leafy = Uint8Array.from(instant.materials, ({ pattern }) =>
    isLeafyPattern(pattern) ? (pattern === 'hedge' ? 45 : 1) : 0,
  );
  const casts = Uint8Array.from(instant.materials, (material) =>
    isGroundPattern(material.pattern) ? 0 : isLeafyPattern(material.pattern) ? 2 : 1,
  );
  const segmentations = Uint8Array.from(instant.materials, (material) => material.segmentation);
  const resolver = new EdgeResolver(geometry, shader, leafy);
  const visibility = new VisibilityPass(geometry, leafy);
  const targets = keepTargets(instant.statics);
  let maps: SunMaps | null = null;

  function findTarget(width: number, height: number): Rasteriser {
    const key = `${width}x${height}`;
    let target = targets.get(key);
    if (!target) {
      target = new Rasteriser(width, height, 0, true);
      targets.set(key, target);
    }
    return target;
  }

  function findMaps(camera: WorldCamera): SunMaps {
    const m = camera.worldFromCamera;
    const centre: Vector3 = [m[3]!, m[7]!, m[11]!];
    if (maps && Math.hypot(centre[0] - maps.centre[0], centre[1] - maps.centre[1]) < sharedMapMetres) return maps;
    maps = new SunMaps(geometry, casts, sky.sun, centre, options.shadowSize ?? 1024);
    return maps;
  }

  /** Where a low sun shines into the lens past everything else, or null. */
  function findGlare(camera: WorldCamera, segmentation: Uint8Array): Optics['glare'] {
    const { weather } = instant;
    if (weather.night > 0 || sky.sun[2] > glareBelow || sky.sun[2] < 0) return null;
    const { worldFromCamera: m, intrinsics: k, width, height } = camera;
    const along = (column: number) =>
      m[column]! * sky.sun[0] + m[4 + column]! * sky.sun[1] + m[8 + column]! * sky.sun[2];
    const depth = along(2);
    if (depth < 0.15) return null;
    const x = k[2]! + (k[0]! * along(0)) / depth;
    const y = k[5]! + (k[4]! * along(1)) / depth;
    const outside = Math.max(-x, x - width + 1, -y, y - height + 1, 0) / width;
    if (outside > 0.25) return null;
    const column = Math.round(Math.min(Math.max(x, 0), width - 1));
    const row = Math.round(Math.min(Math.max(y, 0), height - 1));
    if (segmentation[row * width + column] !== skySegmentation) return null;
    const strength = (1 - weather.cloudCover * 0.75) * (1 - outside / 0.25);
    const [red, green, blue] = weather.sunColour;
    return { x, y, light: [red * strength, green * strength, blue * strength] };
  }

  function renderView(camera: WorldCamera, { samples = 2 }: { readonly samples?: 1 | 2 } = {}): RenderedView {
    const { width, height } = camera;
    const target = samples === 2 ? findTarget(2 * width + 1, 2 * height + 1) : findTarget(width, height);
    visibility.draw(target, camera, findSampleProjection(camera, samples));
    shader.begin(camera, findMaps(camera));
    const depth = new Float32Array(width * height);
    const segmentation = new Uint8Array(width * height);
    const radiance = new Float32Array(width * height * 3);
    const k = camera.intrinsics;
    for (let y = 0; y < height; y++) {
      const rayY = (y - k[5]!) / k[4]!;
      for (let x = 0; x < width; x++) {
        const rayX = (x - k[2]!) / k[0]!;
        const pixel = y * width + x;
        const at = samples === 2 ? (2 * y + 1) * target.width + 2 * x + 1 : pixel;
        const triangle = target.owner![at]!;
        if (triangle < 0) {
          depth[pixel] = Infinity;
          segmentation[pixel] = skySegmentation;
          shader.shadeSky(rayX, rayY);
        } else {
          const metres = 1 / target.depth[at]!;
          depth[pixel] = metres;
          segmentation[pixel] = segmentations[geometry.materialOfTriangle[triangle]!]!;
          shader.shadeSurface(triangle, rayX, rayY, metres);
        }
        radiance[pixel * 3] = shader.red;
        radiance[pixel * 3 + 1] = shader.green;
        radiance[pixel * 3 + 2] = shader.blue;
      }
    }
    const smooth = samples === 2 ? resolver.resolve(radiance, target, camera) : radiance;
    passLens(smooth, width, height, {
      bloomFrom: instant.weather.night > 0 ? 1.1 / development.exposure : 0,
      glare: findGlare(camera, segmentation),
      lens: camera.lens ?? null,
    });
    return { rgba: development.develop(smooth, camera), depth, segmentation };
  }

  return { renderView };
}
