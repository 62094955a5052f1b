import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { NumpyArray } from '../../src/clips/npz/parseNpy.ts';
import { type NpzArchive, openNpz } from '../../src/clips/npz/readNpz.ts';
import type { GpuContext } from '../../src/gpu/device.ts';

/** Which of our two implementations computed a result. */
export type Side = 'cpu' | 'gpu';

/** The comparison of one computed array with one array of a golden file. */
export interface GoldenResult {
  readonly array: string;
  readonly side: Side;
  /** Largest absolute difference, or a count where `unit` says so. */
  readonly error: number;
  readonly tolerance: number;
  readonly unit: string;
  readonly note: string;
}

/** A golden file opened for checking. */
export interface Golden {
  readonly folder: string;
  readonly file: string;
  readonly archive: NpzArchive;
  read(name: string): NumpyArray;
  floats(name: string): Float32Array;
  numbers(name: string): number[];
}

/** What a checker needs; `gpu` is null where there is no adapter. */
export interface CheckRun {
  readonly golden: Golden;
  readonly gpu: GpuContext | null;
  /** Record a comparison of floats by largest absolute difference. */
  compare(array: string, side: Side, actual: Float32Array, tolerance: number, note?: string): void;
  record(result: GoldenResult): void;
}

/** A kind of golden file: how to know it by its arrays, which of them it reads, and how to check it. */
export interface Checker {
  readonly title: string;
  matches(names: readonly string[]): boolean;
  /** Arrays that this checker compares or reads. */
  knows(name: string): boolean;
  check(run: CheckRun): Promise<void>;
}

export function openGolden(folder: string, file: string): Golden {
  const archive = openNpz(readFileSync(path.join(folder, file)), file);
  const floats = (name: string): Float32Array => {
    const { data } = archive.read(name);
    return data instanceof Float32Array ? data : Float32Array.from(data);
  };
  return {
    folder,
    file,
    archive,
    read: (name) => archive.read(name),
    floats,
    numbers: (name) => [...archive.read(name).data],
  };
}
