import { type NumpyArray, parseNpy } from '../clips/npz/parseNpy.ts';
import { openNpz } from '../clips/npz/readNpz.ts';
import { OccuscopeError } from '../errors/catalogue.ts';

export type StoredKind = 'npz' | 'npy' | 'label' | 'bits';

/** The arrays of one stored file; nothing is unpacked before it is asked for. */
export interface StoredArrays {
  readonly kind: StoredKind;
  /** Members that hold numbers; one named '' for a file that is one array. */
  readonly members: readonly string[];
  /** Members that are there and cannot be read, with the reason: pickled ground truth of FlashOCC, for instance. */
  readonly unread: readonly string[];
  /** The sample token that the file itself names. */
  readonly token: string | null;
  read(member: string): NumpyArray;
}

/** What a file is by its name, or null where it is nothing that holds a prediction. */
export function findKind(path: string): StoredKind | null {
  const extension = /\.(npz|npy|label|bin)$/i.exec(path)?.[1]?.toLowerCase();
  if (extension === undefined) return null;
  return ({ npz: 'npz', npy: 'npy', label: 'label', bin: 'bits' } as const)[extension as 'npz'];
}

/** Open one file. Throws `array-file-invalid` or `label-file-invalid`; pickles are never opened. */
export function openArrays(bytes: Uint8Array, path: string): StoredArrays {
  const kind = findKind(path);
  if (kind === 'npz') return openArchive(bytes, path);
  if (kind === null)
    throw new OccuscopeError('label-file-invalid', { detail: `${path} is no npz, npy, label or bin file.` });
  const read = (): NumpyArray => {
    if (kind === 'npy') return parseNpy(bytes, path);
    return { type: 'uint8', shape: [bytes.length], data: bytes };
  };
  return { kind, members: [''], unread: [], token: null, read };
}

function openArchive(bytes: Uint8Array, path: string): StoredArrays {
  const archive = openNpz(bytes, path);
  const members: string[] = [];
  const unread: string[] = [];
  for (const name of archive.names) {
    const { code } = archive.describe(name);
    if (/^[UO]/.test(code)) unread.push(name);
    else members.push(name);
  }
  const parsed = new Map<string, NumpyArray>();
  const token = unread.includes('sample_token') ? archive.readText('sample_token') : null;
  return {
    kind: 'npz',
    members,
    unread: unread.filter((name) => name !== 'sample_token'),
    token,
    read(member) {
      const known = parsed.get(member) ?? archive.read(member);
      parsed.set(member, known);
      return known;
    },
  };
}
