import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { unzipSync } from 'fflate';
import type { Mesh, MeshStandardMaterial } from 'three';
import { GLTFLoader } from 'three/examples/jsm/loaders/GLTFLoader.js';
import { PLYLoader } from 'three/examples/jsm/loaders/PLYLoader.js';
import { afterAll, describe, expect, test } from 'vitest';
import { openNpz } from '../clips/npz/readNpz.ts';
import { OCC3D_CLASSES } from '../domain/classes.ts';
import { OCC3D_GRID } from '../domain/geometry.ts';
import { OccuscopeError } from '../errors/catalogue.ts';
import { encodeGlb } from './encodeGlb.ts';
import { encodeLabels } from './encodeLabels.ts';
import { encodePly } from './encodePly.ts';
import type { ExportPage, ExportVolume, ShownPart } from './exportPage.ts';
import { gatherBlob } from './fileTarget.ts';
import { meshFaces } from './meshFaces.ts';
import { findDuration } from './recordVideo.ts';
import { nameFile, runExport } from './runExport.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'occuscope-export-'));
afterAll(() => rmSync(folder, { recursive: true }));

function makeVolume(size: readonly [number, number, number], part: Partial<ExportVolume> = {}): ExportVolume {
  const grid = { lower: [-1, -2, 0], voxel: [0.5, 0.5, 0.5], size } as const;
  const labels = new Uint8Array(size[0] * size[1] * size[2]).fill(17);
  return { grid, classes: OCC3D_CLASSES, labels, flow: null, cameraMask: null, ...part };
}

const everything: ShownPart = {
  isHidden: () => false,
  firstSlice: 0,
  lastSlice: 99,
  colourOf: (label) => [label * 10, 255 - label, 128],
};

/** A whole grid with noise, and flow that only 32 bits can hold. */
function makeFullVolume(): ExportVolume {
  const count = 200 * 200 * 16;
  const labels = new Uint8Array(count);
  const flow = new Float32Array(count * 2);
  for (let voxel = 0; voxel < count; voxel++) {
    labels[voxel] = (voxel * 2_654_435_761) % 18;
    flow[voxel * 2] = Math.fround(Math.sin(voxel) * 7.123456);
  }
  return {
    ...makeVolume([200, 200, 16]),
    grid: OCC3D_GRID,
    labels,
    flow,
    cameraMask: labels.map((label) => label & 1),
  };
}

const hasNumpy = spawnSync('python3', ['-c', 'import numpy']).status === 0;

describe('labels as npz', () => {
  test('the project’s reader gets the very bytes back', () => {
    const volume = makeFullVolume();
    const archive = openNpz(encodeLabels(volume), 'labels.npz');
    expect(archive.names).toEqual(['semantics', 'mask_camera', 'flow']);
    expect(archive.read('semantics').shape).toEqual([200, 200, 16]);
    const same = (a: ArrayBufferView, b: ArrayBufferView) =>
      Buffer.compare(
        new Uint8Array(a.buffer, a.byteOffset, a.byteLength),
        new Uint8Array(b.buffer, b.byteOffset, b.byteLength),
      );
    expect(same(archive.read('semantics').data, volume.labels)).toBe(0);
    expect(same(archive.read('flow').data, volume.flow!)).toBe(0);
    expect(same(archive.read('mask_camera').data, volume.cameraMask!)).toBe(0);
  });

  test.skipIf(!hasNumpy)('numpy gets the very bytes back (needs python3 with numpy)', () => {
    const volume = makeFullVolume();
    writeFileSync(path.join(folder, 'labels.npz'), encodeLabels(volume));
    writeFileSync(path.join(folder, 'semantics.raw'), volume.labels);
    writeFileSync(path.join(folder, 'flow.raw'), new Uint8Array(volume.flow!.buffer));
    const script = `
import numpy as np, sys
d = np.load('labels.npz')
assert d.files == ['semantics', 'mask_camera', 'flow'], d.files
assert d['semantics'].dtype == np.uint8 and d['semantics'].shape == (200, 200, 16)
assert d['flow'].dtype == np.float32 and d['flow'].shape == (200, 200, 16, 2)
assert d['semantics'].tobytes() == open('semantics.raw', 'rb').read()
assert d['flow'].tobytes() == open('flow.raw', 'rb').read()
assert d['semantics'].flags['C_CONTIGUOUS']
import zipfile
assert zipfile.ZipFile('labels.npz').testzip() is None
`;
    const { status, stderr } = spawnSync('python3', ['-c', script], { cwd: folder, encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });
});

describe('shown voxels as meshes and points', () => {
  const place = (x: number, y: number, z: number) => (x * 5 + y) * 3 + z;

  async function loadGlb(volume: ExportVolume, shown = everything): Promise<Mesh[]> {
    const { buffer } = encodeGlb(meshFaces(volume, shown), 'test');
    const { scene } = await new GLTFLoader().parseAsync(buffer, '');
    const meshes: Mesh[] = [];
    scene.updateMatrixWorld(true);
    scene.traverse((object) => {
      if ('isMesh' in object) meshes.push(object as Mesh);
    });
    return meshes;
  }

  test('one voxel is a closed box where glTF’s axes put it, in its colour', async () => {
    const volume = makeVolume([4, 5, 3]);
    volume.labels[place(3, 1, 2)] = 4;
    const [mesh] = await loadGlb(volume);
    expect(mesh!.geometry.getAttribute('position').count).toBe(8);
    expect(mesh!.geometry.index!.count).toBe(36);
    const { min, max } = mesh!.geometry.clone().applyMatrix4(mesh!.matrixWorld).boundingBox ?? computeBox(mesh!);
    // Ego box: x 0.5..1, y -1.5..-1, z 1..1.5; glTF has left, up, ahead.
    expect([min.x, min.y, min.z, max.x, max.y, max.z].map((value) => Number(value.toFixed(5)))).toEqual([
      -1.5, 1, 0.5, -1, 1.5, 1,
    ]);
    const { color, name } = mesh!.material as MeshStandardMaterial;
    expect(name).toBe('car');
    expect(color.getHexString()).toBe('28fb80');
  });

  function computeBox(mesh: Mesh) {
    const geometry = mesh.geometry.clone().applyMatrix4(mesh.matrixWorld);
    geometry.computeBoundingBox();
    return geometry.boundingBox!;
  }

  test('faces turn outwards and enclose the volume of the voxels, whatever is shown', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(17, 17, 3, 4, 11), { minLength: 60, maxLength: 60 }),
        fc.nat(2),
        fc.boolean(),
        (labels, firstSlice, hidesCars) => {
          const volume = makeVolume([4, 5, 3], { labels: Uint8Array.from(labels) });
          const shown = { ...everything, firstSlice, isHidden: (label: number) => hidesCars && label === 4 };
          const meshes = meshFaces(volume, shown);
          // Signed volume by the divergence theorem, which a wrong turn or a hole spoils.
          let enclosed = 0;
          for (const { positions, indices } of meshes) {
            for (let at = 0; at < indices.length; at += 3) {
              const [a, b, c] = [0, 1, 2].map((corner) => [
                ...positions.subarray(indices[at + corner]! * 3).subarray(0, 3),
              ]);
              enclosed += dot(a!, cross(b!, c!)) / 6;
            }
          }
          const count = labels.filter(
            (label, voxel) => label !== 17 && voxel % 3 >= firstSlice && !(hidesCars && label === 4),
          ).length;
          expect(enclosed).toBeCloseTo(count * 0.125, 4);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('nothing shown is still a file', async () => {
    expect(await loadGlb(makeVolume([4, 5, 3]))).toEqual([]);
  });

  test('PLY has centres, colours, labels and flow', () => {
    const volume = makeVolume([4, 5, 3], { flow: new Float32Array(120) });
    volume.labels[place(3, 1, 2)] = 4;
    volume.flow![place(3, 1, 2) * 2 + 1] = -1.5;
    const file = encodePly(volume, everything, 'a title');
    const geometry = new PLYLoader().parse(file.buffer);
    expect([...geometry.getAttribute('position').array]).toEqual([0.75, -1.25, 1.25]);
    const [header] = new TextDecoder('latin1').decode(file).split('end_header\n');
    expect(header).toMatch(/element vertex 1\n/);
    expect(header).toMatch(/comment label 4 car/);
    const body = new DataView(file.buffer, header!.length + 11);
    expect([body.getUint8(12), body.getUint8(15), body.getFloat32(20, true)]).toEqual([40, 4, -1.5]);
  });
});

describe('an export', () => {
  const volumeOf = (index: number) => makeVolume([2, 2, 2], { labels: new Uint8Array(8).fill(index) });
  const page: ExportPage = {
    clipId: 'my clip',
    clipTitle: 'My clip',
    frames: [0, 1, 2].map((index) => ({ token: `token-${index}`, timestampMicroseconds: index * 5e5 })),
    frameIndex: 1,
    subjects: [{ id: 'prediction', title: 'Prediction' }],
    readVolume: async (_, index) => (index === 2 ? null : volumeOf(index)),
    readShown: () => everything,
    drawFigure: () => Promise.reject(new Error('no canvas here')),
    restore: () => undefined,
  };
  const run = async (kind: 'npz-clip' | 'ply' | 'png', signal = new AbortController().signal, from = page) => {
    const saved: Blob[] = [];
    const target = gatherBlob('a', 'application/octet-stream', (_, blob) => saved.push(blob));
    const progress: number[] = [];
    const onProgress = (done: number) => progress.push(done);
    const sentence = await runExport(
      { kind, subject: 'prediction', speed: 1 },
      { page: from, target, signal, onProgress },
    ).catch((error: Error) => error.message);
    return { sentence, saved, progress };
  };

  test('of a clip is a zip with one labels.npz per frame that has labels', async () => {
    const { sentence, saved, progress } = await run('npz-clip');
    expect(sentence).toBe('2 of 3 frames were written; the others have no labels of that kind.');
    expect(progress).toEqual([0, 1, 2]);
    const files = unzipSync(new Uint8Array(await saved[0]!.arrayBuffer()));
    expect(Object.keys(files)).toEqual(['my clip/token-0/labels.npz', 'my clip/token-1/labels.npz']);
    expect([...openNpz(files['my clip/token-1/labels.npz']!).read('semantics').data]).toEqual(Array(8).fill(1));
  });

  test('of a clip goes on past a damaged file of labels, and names it; what else fails ends it', async () => {
    const failWith = (error: Error): ExportPage => ({
      ...page,
      readVolume: (subject, index, signal) =>
        index === 0 ? Promise.reject(error) : page.readVolume(subject, index, signal),
    });
    const damaged = new OccuscopeError('array-file-invalid', { detail: 'a.npz is no zip.' });
    const { sentence, saved } = await run('npz-clip', undefined, failWith(damaged));
    expect(sentence).toBe(
      '1 of 3 frames was written; the others have no labels of that kind. Frame 1: a.npz is no zip.',
    );
    expect(Object.keys(unzipSync(new Uint8Array(await saved[0]!.arrayBuffer())))).toHaveLength(1);
    expect(await run('npz-clip', undefined, failWith(new Error('lost')))).toMatchObject({
      sentence: 'lost',
      saved: [],
    });
  });

  test('that is cancelled or fails saves nothing', async () => {
    const { saved } = await run('npz-clip', AbortSignal.abort());
    expect(saved).toEqual([]);
    const failed = await run('png');
    expect(failed).toMatchObject({ sentence: 'no canvas here', saved: [] });
  });

  test('has a name that file systems take', () => {
    const request = { kind: 'glb', subject: 'stored:a/b', speed: 1 } as const;
    expect(nameFile(request, page, 'mp4').name).toBe('my-clip-frame-2-stored-a-b.glb');
  });

  test('of a video keeps the times of the drive', () => {
    expect([0, 0.5, 1.1].map((_, index) => Number(findDuration([0, 0.5, 1.1], index).toFixed(3)))).toEqual([
      0.5, 0.6, 0.6,
    ]);
    expect(findDuration([0], 0)).toBe(0.5);
  });

  test('may go back and write over its header, as encoders do', async () => {
    const saved: Blob[] = [];
    const target = gatherBlob('a', 'video/mp4', (_, blob) => saved.push(blob));
    await target.write(Uint8Array.of(0, 0, 3), 0);
    await target.write(Uint8Array.of(4, 5), 3);
    await target.write(Uint8Array.of(1, 2), 0);
    await target.finish();
    expect([...new Uint8Array(await saved[0]!.arrayBuffer())]).toEqual([1, 2, 3, 4, 5]);
  });
});

const cross = ([a, b, c]: number[], [d, e, f]: number[]) => [b! * f! - c! * e!, c! * d! - a! * f!, a! * e! - b! * d!];
const dot = (a: number[], b: number[]) => a.reduce((sum, value, axis) => sum + value * b[axis]!, 0);
