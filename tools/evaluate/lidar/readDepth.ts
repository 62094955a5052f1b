import type { DepthDistribution } from '../../../src/metrics/lidar/depth.ts';
import type { ModelManifest } from '../../../src/models/manifest.ts';
import type { SitePredictor } from '../predictor.ts';

/** The depth distribution that the model's first lift pools with; null for a model without a lift. */
export async function readDepth(
  predictor: Pick<SitePredictor, 'readTensor'>,
  { stages }: Pick<ModelManifest, 'stages'>,
): Promise<DepthDistribution | null> {
  const lift = stages.find((stage) => stage.kind === 'voxel-pool');
  if (lift?.kind !== 'voxel-pool') return null;
  const { shape, values } = await predictor.readTensor(lift.depth);
  const [cameras, bins, height, width] = shape;
  if (shape.length !== 4 || bins !== lift.depths.length) {
    throw new Error(`The tensor ${lift.depth} has shape [${shape}], the lift ${lift.depths.length} bins.`);
  }
  return { shape: [cameras!, bins, height!, width!], values, depths: lift.depths };
}
