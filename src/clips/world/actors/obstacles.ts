import { MeshBuilder } from '../geometry/meshBuilder.ts';
import type { Random } from '../geometry/random.ts';
import { addBarrierBlock } from '../layout/edgings.ts';
import { LABEL, type MaterialTable, SEGMENT } from '../materials.ts';
import type { ActorShape } from './model.ts';

/** A traffic cone. Category `movable_object.trafficcone`. */
export function createCone(random: Random, materials: MaterialTable): ActorShape {
  const orange = materials.add('cone', LABEL.cone, SEGMENT.cone, [0.75, 0.17, 0.02], { pattern: 'plain' });
  const white = materials.add('cone band', LABEL.cone, SEGMENT.cone, [0.75, 0.75, 0.75], { pattern: 'plain' });
  const builder = new MeshBuilder();
  const height = random.pick([0.55, 0.75, 1]);
  const r = height * 0.2;
  builder.addBox(0, 0, 0, [r * 2.5, r * 2.5, 0.05], orange);
  builder.addCylinder([0, 0, 0.05], [0, 0, height * 0.5], r, r * 0.62, 9, orange);
  builder.addCylinder([0, 0, height * 0.5], [0, 0, height * 0.75], r * 0.64, r * 0.4, 9, white);
  builder.addCylinder([0, 0, height * 0.75], [0, 0, height], r * 0.38, r * 0.15, 9, orange);
  return { category: 'movable_object.trafficcone', phases: [builder.build()], boxSize: [r * 2.5, r * 2.5, height] };
}

/** A road-works barrier: concrete or plastic block, or a striped board on feet; x runs across its face. Category `movable_object.barrier`. */
export function createBarrier(random: Random, materials: MaterialTable, kind: 'block' | 'board'): ActorShape {
  const builder = new MeshBuilder();
  const red = materials.add('barrier', LABEL.barrier, SEGMENT.barrier, [0.6, 0.1, 0.05], {
    pattern: 'stripes',
    scale: 0.4,
    second: [0.7, 0.7, 0.7],
  });
  const block = materials.add(
    'barrier block',
    LABEL.barrier,
    SEGMENT.barrier,
    random.pick([
      [0.45, 0.44, 0.42],
      [0.6, 0.14, 0.05],
      [0.65, 0.65, 0.65],
    ] as const),
    { pattern: 'concrete' },
  );
  if (kind === 'block') {
    addBarrierBlock(builder.place(0, 0, 0, Math.PI / 2), block, 1.9);
    return { category: 'movable_object.barrier', phases: [builder.build()], boxSize: [0.6, 1.9, 0.85] };
  }
  builder.addBox(0, 0, 0.35, [0.06, 1.8, 0.2], red);
  builder.addBox(0, 0, 0.78, [0.06, 1.8, 0.22], red);
  for (const y of [-0.75, 0.75]) {
    builder.addBox(0, y, 0, [0.08, 0.08, 1], block);
    builder.addBox(0, y, 0, [0.6, 0.12, 0.1], block);
  }
  return { category: 'movable_object.barrier', phases: [builder.build()], boxSize: [0.6, 1.85, 1] };
}
