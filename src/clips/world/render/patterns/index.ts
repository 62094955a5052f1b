import type { Pattern } from '../../model.ts';
import { cloudTile, sampleNoise } from '../noise.ts';
import type { EvaluatePattern } from '../surfaceSample.ts';
import { paintBrick, paintConcrete, paintFacade, paintGlass, paintPlaster } from './building.ts';
import { paintAsphalt, paintGrass, paintGravel, paintMarking, paintPaving, paintSoil } from './ground.ts';
import { paintBark, paintCloth, paintHedge, paintLeaves, paintSkin } from './living.ts';
import { paintCar, paintLamp, paintMetal, paintRubber, paintStripes, paintVehicleGlass } from './vehicle.ts';

/** How each pattern colours a surface sample. */
export const patternTable: Readonly<Record<Pattern, EvaluatePattern>> = {
  plain: (s, m) => s.scale(1 + 0.1 * sampleNoise(cloudTile, s.u * 9 + m.shift, s.v * 9 + s.z * 4, s.footprint * 9)),
  asphalt: paintAsphalt,
  paint: paintMarking,
  paving: paintPaving,
  grass: paintGrass,
  soil: paintSoil,
  gravel: paintGravel,
  brick: paintBrick,
  concrete: paintConcrete,
  plaster: paintPlaster,
  facade: paintFacade,
  // Car windows and shop windows share the pattern; both are small faces, so both may curve a little.
  glass: (s, m) => (s.vHigh - s.vLow < 1.3 ? paintVehicleGlass(s) : paintGlass(s, m)),
  carPaint: paintCar,
  rubber: paintRubber,
  lamp: paintLamp,
  bark: paintBark,
  leaves: paintLeaves,
  hedge: paintHedge,
  cloth: paintCloth,
  skin: paintSkin,
  stripes: paintStripes,
  metal: paintMetal,
};
