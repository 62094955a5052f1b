// RayIoU of one sample on the CPU twin, against numpy where python3 has it: same counts first, then the times.
// Usage: node tools/run.mjs bench/metrics/rayIou.ts [golden file] [sample]
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { OCC3D_CLASSES } from '../../src/domain/classes.ts';
import { OCC3D_GRID } from '../../src/domain/geometry.ts';
import { castFrameRays, countRays } from '../../src/metrics/rays.ts';
import { planRayCast } from '../../src/reference/rayCast.ts';
import { openGolden } from '../../tools/checkGoldens/golden.ts';

const RUNS = 40;

export function main(args: readonly string[] = []): number {
  const file = path.resolve(args[0] ?? 'tests/goldens/metrics-ray.npz');
  const sample = Number(args[1] ?? 1);
  const golden = openGolden(path.dirname(file), path.basename(file));
  const read = (name: string) => Uint8Array.from(golden.read(`${name}_${sample}`).data);
  const volumes = { truth: read('gt'), prediction: read('pred'), truthFlow: null, predictionFlow: null };
  const origins = golden.numbers(`lidar_origins_${sample}`);
  const plan = planRayCast(OCC3D_GRID, OCC3D_CLASSES.free, golden.floats('rays'));
  const score = () => countRays(castFrameRays(plan, volumes, origins), volumes, OCC3D_CLASSES).rays;
  const { truth, prediction, hits } = score();
  const times = Array.from({ length: RUNS }, () => time(score));
  console.log(`${origins.length / 3} origins x ${plan.directions.length / 3} rays, truth and prediction, one thread`);
  console.log(`this project: ${describe(times)}`);
  const python = spawnSync('python3', [path.join(import.meta.dirname, 'rayIouNumpy.py'), file, String(sample)], {
    encoding: 'utf8',
  });
  if (python.status !== 0) {
    console.log('numpy: not measured, no python3 with numpy here.');
    return 0;
  }
  const found = JSON.parse(python.stdout) as { milliseconds: number[]; counts: unknown };
  if (JSON.stringify(found.counts) !== JSON.stringify({ truth, prediction, hits })) {
    console.error('numpy counts other rays: the times would compare nothing.');
    return 1;
  }
  console.log(`numpy: ${describe(found.milliseconds)}, the same counts`);
  console.log(
    `numpy over ours, best against best: ${(Math.min(...found.milliseconds) / Math.min(...times)).toFixed(1)}`,
  );
  return 0;
}

function time(run: () => unknown): number {
  const begin = performance.now();
  run();
  return performance.now() - begin;
}

function describe(times: readonly number[]): string {
  const sorted = [...times].sort((a, b) => a - b);
  return `best ${sorted[0]!.toFixed(1)} ms, median ${sorted[Math.floor(sorted.length / 2)]!.toFixed(1)} ms of ${times.length}`;
}
