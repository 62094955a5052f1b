import { unzipSync } from 'fflate';
import { OccuscopeError } from '../../errors/catalogue.ts';
import { type NumpyArray, parseNpy } from './parseNpy.ts';

/** A `.npz` archive; members are inflated and parsed only when asked for, so an unreadable one does not spoil the rest. */
export interface NpzArchive {
  /** Member names without `.npy`. */
  readonly names: readonly string[];
  has(name: string): boolean;
  /** Throws OccuscopeError `array-file-invalid` when the member is missing, damaged or no array of numbers. */
  read(name: string): NumpyArray;
}

/**
 * Open a `.npz` file (a zip of `.npy` members, stored or deflated).
 * Throws OccuscopeError `array-file-invalid` when it is no zip; `label` names the file in messages.
 */
export function openNpz(bytes: Uint8Array, label = 'archive'): NpzArchive {
  const members: string[] = [];
  unzip(bytes, label, (name) => {
    if (name.endsWith('.npy')) members.push(name.slice(0, -4));
    return false;
  });
  return {
    names: members,
    has: (name) => members.includes(name),
    read(name) {
      const member = unzip(bytes, label, (candidate) => candidate === `${name}.npy`)[`${name}.npy`];
      if (!member) {
        throw new OccuscopeError('array-file-invalid', {
          detail: `${label} has no member ${name}, only ${members.join(', ')}.`,
        });
      }
      return parseNpy(member, `${label}/${name}`);
    },
  };
}

function unzip(bytes: Uint8Array, label: string, wanted: (name: string) => boolean): Record<string, Uint8Array> {
  try {
    return unzipSync(bytes, { filter: (file) => wanted(file.name) });
  } catch (cause) {
    throw new OccuscopeError('array-file-invalid', { detail: `${label} is no readable zip archive.`, cause });
  }
}
