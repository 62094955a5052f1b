/** Bytes of one download; `total` is null while the size is unknown. */
export interface LoadProgress {
  readonly loaded: number;
  readonly total: number | null;
  /** Nothing came over the network: the bytes were in the verified cache. */
  readonly fromCache?: boolean;
}

/** Fraction done in [0, 1], or null while the size is unknown. */
export function measureFraction(progress: LoadProgress | null): number | null {
  if (!progress?.total) return null;
  return Math.min(1, progress.loaded / progress.total);
}
