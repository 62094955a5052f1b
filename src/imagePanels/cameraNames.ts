/** A channel name as people say it: `CAM_FRONT_LEFT` is `front left`. */
export function describeCamera(name: string): string {
  return name.replace(/^CAM_/, '').replaceAll('_', ' ').toLowerCase();
}
