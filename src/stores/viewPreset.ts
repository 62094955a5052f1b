export const CAMERA_PRESETS = ['birds-eye', 'chase', 'free'] as const;
/** A fixed preset, or `camera:<index>` for a rig camera's own view. */
export type ViewPreset = (typeof CAMERA_PRESETS)[number] | `camera:${number}`;
