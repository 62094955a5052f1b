import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeScene } from './scene.ts';
import { assembleTables } from './tables.ts';

type Row = Record<string, unknown> & { token: string };
const root = mkdtempSync(join(tmpdir(), 'world-'));
const readTable = (name: string): Row[] =>
  JSON.parse(readFileSync(join(root, 'v1.0-trainval', `${name}.json`), 'utf8')) as Row[];

describe('world data set', () => {
  beforeAll(async () => {
    await writeScene({ seed: 5, out: root, keyFrames: 2, width: 96, height: 36, jitter: false }, () => undefined);
    await assembleTables(root, 'v1.0-trainval');
  }, 60000);
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it('has tables whose references all resolve', () => {
    const names = [
      'scene',
      'sample',
      'sample_data',
      'ego_pose',
      'calibrated_sensor',
      'sample_annotation',
      'instance',
      'log',
      'sensor',
      'category',
      'attribute',
      'visibility',
      'map',
    ];
    const tokens = new Map(names.map((name) => [name, new Set(readTable(name).map((row) => row.token))]));
    const links: [string, string, string][] = [
      ['scene', 'log_token', 'log'],
      ['scene', 'first_sample_token', 'sample'],
      ['scene', 'last_sample_token', 'sample'],
      ['sample', 'scene_token', 'scene'],
      ['sample_data', 'sample_token', 'sample'],
      ['sample_data', 'ego_pose_token', 'ego_pose'],
      ['sample_data', 'calibrated_sensor_token', 'calibrated_sensor'],
      ['calibrated_sensor', 'sensor_token', 'sensor'],
      ['sample_annotation', 'sample_token', 'sample'],
      ['sample_annotation', 'instance_token', 'instance'],
      ['sample_annotation', 'visibility_token', 'visibility'],
      ['instance', 'category_token', 'category'],
      ['instance', 'first_annotation_token', 'sample_annotation'],
      ['instance', 'last_annotation_token', 'sample_annotation'],
    ];
    for (const [table, field, target] of links) {
      const rows = readTable(table);
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows) expect(tokens.get(target)!.has(row[field] as string)).toBe(true);
    }
    for (const table of ['sample', 'sample_data', 'sample_annotation']) {
      for (const row of readTable(table)) {
        for (const field of ['prev', 'next'])
          if (row[field] !== '') expect(tokens.get(table)!.has(row[field] as string)).toBe(true);
      }
    }
  });

  it('stores every file that the tables name, images at their stated size', async () => {
    for (const row of readTable('sample_data')) {
      const path = join(root, row.filename as string);
      expect(existsSync(path)).toBe(true);
      if (row.fileformat !== 'jpg') {
        expect(statSync(path).size % 20).toBe(0);
        continue;
      }
      const { width, height } = await sharp(path).metadata();
      expect([width, height]).toEqual([row.width, row.height]);
    }
  });

  it('writes truth of the right shape for every sample', () => {
    for (const sample of readTable('sample')) {
      const labels = unzipSync(readFileSync(join(root, 'gts', 'world-000005', sample.token, 'labels.npz')));
      const flow = unzipSync(readFileSync(join(root, 'openocc_v2', 'world-000005', sample.token, 'labels.npz')));
      const side = unzipSync(readFileSync(join(root, 'world', 'world-000005', `${sample.token}.npz`)));
      expect(Object.keys(labels).sort()).toEqual(['mask_camera.npy', 'mask_lidar.npy', 'semantics.npy']);
      expect(labels['semantics.npy']!.length).toBe(128 + 640000);
      expect(flow['flow.npy']!.length).toBe(128 + 640000 * 4);
      expect(side['segmentation.npy']!.length).toBe(128 + 6 * 48 * 18);
      expect(side['depth.npy']!.length).toBe(128 + 6 * 48 * 18 * 2);
    }
  });
});
