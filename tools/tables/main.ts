import { statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { TRAINVAL, writeTables } from './writeTables.ts';

const usage = `usage: npm run tables -- --out DIR [--share 1]

  --out DIR     the tables are written to DIR/v1.0-trainval
  --share X     X times the size of v1.0-trainval (34,149 samples, 2,631,083 rows of sample_data; 2.2 GB)`;

/** `npm run tables`. */
export function main(args: readonly string[]): number {
  const { values } = parseArgs({
    args: [...args],
    options: { out: { type: 'string' }, share: { type: 'string', default: '1' } },
  });
  const share = Number(values.share);
  if (!values.out || !(share > 0 && share <= 4)) {
    console.error(usage);
    return 2;
  }
  const scale = (count: number) => Math.max(1, Math.round(count * share));
  const begin = performance.now();
  const size = {
    scenes: scale(TRAINVAL.scenes),
    samples: scale(TRAINVAL.samples),
    sampleData: scale(TRAINVAL.sampleData),
  };
  const folder = writeTables(values.out, 'trainval', size);
  for (const table of ['sample_data', 'ego_pose']) {
    const { size: bytes } = statSync(path.join(folder, `${table}.json`));
    console.log(`${table}.json: ${size.sampleData} rows, ${(bytes / 1e6).toFixed(0)} MB`);
  }
  console.log(`Written to ${folder} in ${((performance.now() - begin) / 1000).toFixed(0)} s.`);
  return 0;
}
