/** nuScenes v1.0 category names in lidarseg index order. */
export const CATEGORIES = [
  'noise',
  'animal',
  'human.pedestrian.adult',
  'human.pedestrian.child',
  'human.pedestrian.construction_worker',
  'human.pedestrian.personal_mobility',
  'human.pedestrian.police_officer',
  'human.pedestrian.stroller',
  'human.pedestrian.wheelchair',
  'movable_object.barrier',
  'movable_object.debris',
  'movable_object.pushable_pullable',
  'movable_object.trafficcone',
  'static_object.bicycle_rack',
  'vehicle.bicycle',
  'vehicle.bus.bendy',
  'vehicle.bus.rigid',
  'vehicle.car',
  'vehicle.construction',
  'vehicle.emergency.ambulance',
  'vehicle.emergency.police',
  'vehicle.motorcycle',
  'vehicle.trailer',
  'vehicle.truck',
  'flat.driveable_surface',
  'flat.other',
  'flat.sidewalk',
  'flat.terrain',
  'static.manmade',
  'static.other',
  'static.vegetation',
  'vehicle.ego',
] as const;

export const ATTRIBUTES = [
  'vehicle.moving',
  'vehicle.stopped',
  'vehicle.parked',
  'cycle.with_rider',
  'cycle.without_rider',
  'pedestrian.sitting_lying_down',
  'pedestrian.standing',
  'pedestrian.moving',
] as const;

export const VISIBILITIES = ['v0-40', 'v40-60', 'v60-80', 'v80-100'] as const;

/** The attribute that fits a thing, or null where nuScenes gives none. `parked` things never move during a scene. */
export function attributeOf(
  category: string,
  speed: number,
  parked: boolean,
  ridden: boolean,
): (typeof ATTRIBUTES)[number] | null {
  if (category.startsWith('human.pedestrian')) return speed > 0.1 ? 'pedestrian.moving' : 'pedestrian.standing';
  if (category === 'vehicle.bicycle' || category === 'vehicle.motorcycle')
    return ridden ? 'cycle.with_rider' : 'cycle.without_rider';
  if (category.startsWith('vehicle.'))
    return parked ? 'vehicle.parked' : speed > 0.2 ? 'vehicle.moving' : 'vehicle.stopped';
  return null;
}
