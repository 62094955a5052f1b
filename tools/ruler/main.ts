// Writes the ruler: a hand-made model package and a colour-coded clip whose every voxel is known without running a network.
// Usage: node tools/run.mjs tools/ruler/main.ts [public folder]
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type RulerFrame, solveFrames } from './expected.ts';
import { ruler } from './layout.ts';
import { imageNormalisation, writeEncoder, writeHead } from './network.ts';
import { cameras, focalLength, poses, type RulerCamera, type RulerPose } from './scene.ts';
import { encodeNpz, encodePng } from './writeFiles.ts';

const origin = 'Computed by tools/ruler of this repository; no training, no recorded data.';

export function main(args: readonly string[] = []): number {
  const root = path.resolve(args[0] ?? 'public');
  writeModel(path.join(root, 'models/ruler'));
  writeClip(path.join(root, 'clips/ruler'));
  return 0;
}

function writeModel(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const parts = { 'encoder.onnx': writeEncoder(), 'head.onnx': writeHead() };
  const files = Object.entries(parts).map(([name, bytes]) => {
    writeFileSync(path.join(folder, name), bytes);
    return [name, { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }] as const;
  });
  writeJson(path.join(folder, 'manifest.json'), describeModel(Object.fromEntries(files)));
}

function describeModel(files: Record<string, { bytes: number; sha256: string }>): object {
  const { grid, network, depths, evidenceChannels, carLabel, pedestrianLabel, flowScale } = ruler;
  const [sizeX, sizeY, sizeZ] = grid.size;
  return {
    format: 'occuscope-model/1',
    id: 'ruler',
    title: 'Ruler (checks the pipeline, knows nothing of roads)',
    licence: 'Apache-2.0',
    origin,
    classes: 'occ3d',
    grid,
    images: { size: [network.width, network.height], fit: 'width-keep-bottom', channels: 'rgb', ...imageNormalisation },
    files,
    state: { memory: { shape: [1, evidenceChannels, sizeZ, sizeY, sizeX], reset: 'zeros' } },
    stages: [
      { kind: 'onnx', file: 'encoder.onnx', in: { images: 'images' }, out: { depth: 'depth', context: 'context' } },
      {
        kind: 'voxel-pool',
        depth: 'depth',
        context: 'context',
        out: 'volume',
        depths,
        depthLayout: 'ndhw',
        contextLayout: 'nhwc',
        pixels: 'centres',
        index: 'floor',
        filling: 'nearest',
        grid,
        outLayout: 'czyx',
      },
      {
        kind: 'memory-warp',
        in: 'memory',
        out: 'aligned',
        dimensions: 3,
        layout: 'czyx',
        grid,
        index: 'centre',
        padding: 'zeros',
      },
      {
        kind: 'onnx',
        file: 'head.onnx',
        in: { volume: 'volume', aligned: 'aligned' },
        out: { memory: 'memory', logits: 'logits', flow: 'flow' },
      },
      {
        kind: 'decode',
        logits: 'logits',
        layout: 'czyx',
        dropFirst: false,
        free: ruler.free,
        flow: 'flow',
        flowLayout: 'czyx',
        flowOrder: 'yx',
        flowScale,
        flowClasses: [carLabel, pedestrianLabel],
      },
    ],
  };
}

function writeClip(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const frames = solveFrames();
  frames.forEach((frame, index) => {
    writeFileSync(path.join(folder, `truth-${index}.npz`), encodeTruth(frame));
    frame.images.forEach((image, camera) => {
      const png = encodePng(image, ruler.source.width, ruler.source.height);
      writeFileSync(path.join(folder, imageName(index, camera)), png);
    });
  });
  writeJson(path.join(folder, 'clip.json'), describeClip());
}

/** The contents of the clip's `clip.json`. */
export function describeClip() {
  return {
    format: 'occuscope-clip/1',
    id: 'ruler',
    title: 'Ruler (colour-coded, exactly known)',
    licence: 'Apache-2.0',
    origin,
    classes: 'occ3d',
    grid: ruler.grid,
    cameras: cameras.map(({ name }) => name),
    frames: poses.map((pose, index) => describeFrame(pose, index)),
  };
}

function describeFrame(pose: RulerPose, index: number) {
  const timestampMicroseconds = 1_600_000_000_000_000 + index * 500_000;
  return {
    token: `ruler-${index}`,
    timestampMicroseconds,
    worldFromEgo: matrixOfPose(pose),
    cameras: cameras.map((camera, cameraIndex) => ({
      image: imageName(index, cameraIndex),
      timestampMicroseconds,
      ...ruler.source,
      intrinsics: [
        ...[focalLength, 0, (ruler.source.width - 1) / 2],
        ...[0, focalLength, (ruler.source.height - 1) / 2],
        ...[0, 0, 1],
      ],
      egoFromCamera: matrixOfCamera(camera),
    })),
    truth: `truth-${index}.npz`,
  };
}

function imageName(frame: number, camera: number): string {
  return `frame-${frame}-${cameras[camera]!.name.toLowerCase().replaceAll('_', '-')}.png`;
}

function matrixOfPose({ x, y, yaw }: RulerPose): number[] {
  const [cosine, sine] = [Math.cos(yaw), Math.sin(yaw)];
  return [cosine, -sine, 0, x, sine, cosine, 0, y, 0, 0, 1, 0, 0, 0, 0, 1];
}

function matrixOfCamera({ yaw, position: [x, y, z] }: RulerCamera): number[] {
  const [cosine, sine] = [Math.cos(yaw), Math.sin(yaw)];
  return [sine, 0, cosine, x, -cosine, 0, sine, y, 0, -1, 0, z, 0, 0, 0, 1];
}

function encodeTruth({ labels, flow, mask }: RulerFrame): Uint8Array {
  const shape = ruler.grid.size;
  const flowBytes = new Uint8Array(Float32Array.from(flow).buffer);
  return encodeNpz({
    semantics: { dtype: '|u1', shape, bytes: labels },
    mask_camera: { dtype: '|u1', shape, bytes: mask },
    flow: { dtype: '<f4', shape: [...shape, 2], bytes: flowBytes },
  });
}

function writeJson(file: string, value: object): void {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}
