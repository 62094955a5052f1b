import {
  BoxGeometry,
  Color,
  InstancedMesh,
  Matrix4,
  MeshBasicNodeMaterial,
  PerspectiveCamera,
  RenderTarget,
  Scene,
  type WebGPURenderer,
} from 'three/webgpu';
import { makeStreet } from '../e2e/harness/street.ts';
import { OCC3D_CLASSES } from '../src/domain/classes.ts';
import type { GridSpec } from '../src/domain/geometry.ts';
import { createStorageBuffer, writeBuffer } from '../src/gpu/buffers.ts';
import type { GpuContext } from '../src/gpu/device.ts';
import { compactFaces, planFaceCompaction } from '../src/reference/faceCompaction.ts';
import { createGpuVoxelLayer } from '../src/viewport/gpuVoxelLayer.ts';
import { paletteColour } from '../src/viewport/palettes.ts';
import { createRenderer } from '../src/viewport/threeSeam.ts';
import type { Benchmark } from './kernels/benchmark.ts';
import { measureInTurns } from './measure.ts';
import type { BenchmarkReport, Measurement } from './report.ts';

/** On a software adapter one picture takes seconds: there the benchmark only shows that it works. */
const sizeFor = ({ isSoftware }: GpuContext) =>
  isSoftware ? { width: 320, height: 180 } : { width: 1280, height: 720 };
/** Both pictures must cover the same pixels but for this share: antialiased rims differ by rounding. */
const COVERAGE_TOLERANCE = 0.003;

const filter = { visibleClasses: 0x1ffff, firstSlice: 0, lastSlice: 15, showArrows: false };

/** The street as data sets have it: only voxels with an exposed face, no filled houses; `reach` metres around the ego. */
function makeSurfaceStreet(reach: number): { grid: GridSpec; labels: Uint8Array; faces: number; voxels: number } {
  const { grid, labels } = makeStreet();
  const plan = planFaceCompaction(grid, OCC3D_CLASSES.free);
  const surface = new Uint8Array(labels.length).fill(OCC3D_CLASSES.free);
  const { records } = compactFaces(labels, plan, filter);
  const [, ny, nz] = grid.size;
  for (let i = 0; i < records.length; i += 2) {
    const voxel = records[i]! & 0xffffff;
    const column = Math.floor(voxel / nz);
    const x = grid.lower[0] + Math.floor(column / ny) * grid.voxel[0];
    const y = grid.lower[1] + (column % ny) * grid.voxel[1];
    if (Math.max(Math.abs(x), Math.abs(y)) <= reach) surface[voxel] = labels[voxel]!;
  }
  const { faces, voxels } = compactFaces(surface, plan, filter);
  return { grid, labels: surface, faces, voxels };
}

/** One box for each occupied voxel: what a viewer without compaction draws. */
function createBoxes(grid: GridSpec, labels: Uint8Array, count: number) {
  const mesh = new InstancedMesh(new BoxGeometry(...grid.voxel), new MeshBasicNodeMaterial(), count);
  mesh.frustumCulled = false;
  const matrix = new Matrix4();
  const colours = Array.from({ length: 32 }, (_, label) => {
    const [red, green, blue] = paletteColour('occ3d', label);
    return new Color().setRGB(red / 255, green / 255, blue / 255, 'srgb');
  });
  const [nx, ny, nz] = grid.size;
  function fill(): void {
    let slot = 0;
    for (let x = 0; x < nx; x++) {
      for (let y = 0; y < ny; y++) {
        for (let z = 0; z < nz; z++) {
          const label = labels[(x * ny + y) * nz + z]!;
          if (label === OCC3D_CLASSES.free) continue;
          const centre = [x, y, z].map((cell, axis) => grid.lower[axis]! + (cell + 0.5) * grid.voxel[axis]!);
          mesh.setMatrixAt(slot, matrix.makeTranslation(centre[0]!, centre[1]!, centre[2]!));
          mesh.setColorAt(slot, colours[label]!);
          slot++;
        }
      }
    }
    mesh.instanceMatrix.needsUpdate = true;
    mesh.instanceColor!.needsUpdate = true;
  }
  fill();
  return { mesh, fill };
}

/** Which pixels of the target are drawn on. */
async function readCoverage(renderer: WebGPURenderer, target: RenderTarget): Promise<Uint8Array> {
  const pixels = await renderer.readRenderTargetPixelsAsync(target, 0, 0, target.width, target.height);
  return Uint8Array.from({ length: target.width * target.height }, (_, index) =>
    pixels[4 * index + 3]! > 127 ? 1 : 0,
  );
}

function compareCoverage(what: string, ours: Uint8Array, theirs: Uint8Array): number {
  let differing = 0;
  let covered = 0;
  for (const [index, value] of ours.entries()) {
    covered += value;
    if (value !== theirs[index]) differing++;
  }
  const share = differing / ours.length;
  if (covered < ours.length * 0.02) throw new Error(`${what}: an almost empty picture is not timed.`);
  if (share > COVERAGE_TOLERANCE)
    throw new Error(`${what}: ${(100 * share).toFixed(2)} % of the pixels differ; not timed.`);
  return share;
}

/** Drawing of compacted faces against an InstancedMesh of all occupied voxels: a still volume, and a new one each time. */
export async function measureDrawing(context: GpuContext): Promise<BenchmarkReport[]> {
  const { device, isSoftware } = context;
  const { width, height } = sizeFor(context);
  const samplesPerPixel = isSoftware ? 1 : 4;
  const street = makeSurfaceStreet(isSoftware ? 14 : 40);
  const canvas = Object.assign(document.createElement('canvas'), { width: 16, height: 16 });
  const renderer = await createRenderer({ canvas, antialias: !isSoftware, alpha: true }, device);
  renderer.setClearColor(0x000000, 0);
  const target = new RenderTarget(width, height, { samples: isSoftware ? 0 : 4 });
  renderer.setRenderTarget(target);
  const camera = new PerspectiveCamera(42, width / height, 0.3, 700);
  camera.up.set(0, 0, 1);
  camera.position.set(-42, 27, 33);
  camera.lookAt(3, 0, -1);

  const labels = createStorageBuffer(device, 'street', street.labels.length);
  writeBuffer(device, labels, street.labels);
  const data = {
    grid: street.grid,
    classes: OCC3D_CLASSES,
    labels: { gpu: labels },
    flow: null,
    version: 1,
    worldFromEgo: null,
  };
  const layer = createGpuVoxelLayer(renderer, device, data, { palette: 'occ3d', theme: 'dark' });
  const stats = await layer.show(data, filter);
  if (stats.faces !== street.faces)
    throw new Error(`drawing: ${stats.faces} faces instead of ${street.faces}; not timed.`);
  const faceScene = new Scene().add(layer.group);
  const boxes = createBoxes(street.grid, street.labels, street.voxels);
  const boxScene = new Scene().add(boxes.mesh);

  const draw = (scene: Scene) => renderer.render(scene, camera);
  draw(faceScene);
  const ours = await readCoverage(renderer, target);
  draw(boxScene);
  const largestError = compareCoverage('drawing', ours, await readCoverage(renderer, target));

  async function race(contestants: readonly (readonly [what: string, submit: () => void])[]): Promise<Measurement[]> {
    const submits = contestants.map(([, submit]) => submit);
    const distributions = await measureInTurns(device, submits, isSoftware ? 2 : 30);
    return contestants.map(([what], index) => ({ what, largestError, milliseconds: distributions[index]! }));
  }
  const still = await race([
    ['exposed faces, one indirect draw', () => draw(faceScene)],
    ['InstancedMesh of occupied voxels', () => draw(boxScene)],
  ]);
  const fresh = await race([
    [
      'compaction and draw',
      () => {
        layer.compact(data, filter);
        draw(faceScene);
      },
    ],
    [
      'InstancedMesh filled on the CPU',
      () => {
        boxes.fill();
        draw(boxScene);
      },
    ],
  ]);
  layer.dispose();
  labels.destroy();
  boxes.mesh.geometry.dispose();
  target.dispose();
  await renderer.dispose();
  const sizes = `${street.voxels} voxels, ${street.faces} faces, ${width} x ${height}, ${samplesPerPixel} samples per pixel`;
  const notes = ['error = share of pixels that only one of the two covers'];
  return [
    { title: 'drawing a still volume', sizes, measurements: still, notes },
    {
      title: 'drawing a new volume',
      sizes,
      measurements: fresh,
      notes: [...notes, 'the InstancedMesh gets its labels on the CPU for free; ours are on the GPU already'],
    },
  ];
}

export const drawingBenchmark: Benchmark = { name: 'drawing', run: measureDrawing };
