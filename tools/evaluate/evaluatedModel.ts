import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type ModelManifest, parseManifest } from '../../src/models/manifest.ts';
import type { CommonOptions } from './options.ts';

/** The model package that is evaluated. */
export interface EvaluatedModel {
  readonly id: string;
  readonly folder: string;
  /** Not one of the site's own. */
  readonly isOutside: boolean;
  /** Of the manifest, which names the sums of all other files. */
  readonly sha256: string;
  readonly manifest: ModelManifest;
}

/** Find a model package: of the site by its id, or a folder anywhere. Throws where there is none. */
export function findModel({ model, site }: Pick<CommonOptions, 'model' | 'site'>): EvaluatedModel {
  const ofSite = path.join(site, 'models', model);
  const isOutside = !existsSync(path.join(ofSite, 'manifest.json'));
  const folder = isOutside ? path.resolve(model) : ofSite;
  const file = path.join(folder, 'manifest.json');
  if (!existsSync(file))
    throw new Error(`--model: ${model} is no model of the site and no folder with a manifest.json.`);
  const bytes = readFileSync(file);
  const manifest = parseManifest(JSON.parse(bytes.toString('utf8')));
  return { id: manifest.id, folder, isOutside, sha256: createHash('sha256').update(bytes).digest('hex'), manifest };
}
