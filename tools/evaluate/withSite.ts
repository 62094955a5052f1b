import { existsSync } from 'node:fs';
import path from 'node:path';
import { listenLocally } from '../setup/server.mjs';
import type { EvaluatedModel } from './evaluatedModel.ts';
import type { CommonOptions } from './options.ts';
import { openPredictor, type SitePredictor } from './predictor.ts';
import { createSceneServer, type Delivery } from './serveScenes.ts';

interface SiteSetup {
  readonly options: Pick<CommonOptions, 'site' | 'backend' | 'gpu'>;
  readonly model: EvaluatedModel;
  /** Where the scenes' images lie. */
  readonly dataFolder: string;
  /** At least one; each tells its `clip.json`. */
  readonly scenes: readonly { readonly name: string; describe(): { readonly clip: object } }[];
  /** Whether the 3D view is wanted as a picture. */
  readonly draws?: boolean;
}

/** Throws where there is no built site. */
export function requireSite({ site }: Pick<CommonOptions, 'site'>): void {
  if (!existsSync(path.join(site, 'index.html'))) {
    throw new Error(`${site} holds no built site: run "npm run build" first.`);
  }
}

/** Serve scenes to the site in a browser of its own, for as long as `use` takes. */
export async function withSite<Result>(
  { options, model, dataFolder, scenes, draws = false }: SiteSetup,
  use: (predictor: SitePredictor) => Promise<Result>,
): Promise<Result> {
  const deliveries = new Map<string, Delivery>();
  const server = createSceneServer({
    site: options.site,
    dataRoot: dataFolder,
    scenes,
    model: model.isOutside ? model : null,
    deliver: (delivery) => void deliveries.set(delivery.name, delivery),
  });
  const port = await listenLocally(server, 4300, false);
  try {
    const { backend, gpu } = options;
    const address = `http://127.0.0.1:${port}/`;
    const firstScene = scenes[0]!.name;
    console.log('Opening the site…');
    const predictor = await openPredictor({ address, model: model.id, firstScene, backend, gpu, draws, deliveries });
    try {
      console.log(`Predicting on ${predictor.device}.`);
      return await use(predictor);
    } finally {
      await predictor.close();
    }
  } finally {
    server.close();
    server.closeAllConnections();
  }
}
