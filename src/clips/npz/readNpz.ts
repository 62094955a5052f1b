import { OccuscopeError } from '../../errors/catalogue.ts';
import type { ZipEntry } from '../../zip/parseDirectory.ts';
import { LONGEST_HEADER, type NumpyArray, type NumpyHeader, parseNpy, readNpyHeader, readNpyText } from './parseNpy.ts';
import { listZipMembers, peekZipMember, readZipMember } from './readZip.ts';

/** A `.npz` archive; members are inflated and parsed only when asked for, so an unreadable one does not spoil the rest. */
export interface NpzArchive {
  /** Member names without `.npy`. */
  readonly names: readonly string[];
  has(name: string): boolean;
  /** Throws OccuscopeError `array-file-invalid` when the member is missing, damaged or no array of numbers. */
  read(name: string): NumpyArray;
  /** Element type and shape of a member of any type, pickles and text included. */
  describe(name: string): NumpyHeader;
  /** The text of a member that holds one piece of text, such as FlashOCC's `sample_token`; null where it holds none. */
  readText(name: string): string | null;
}

/**
 * Open a `.npz` file (a zip of `.npy` members, stored or deflated).
 * Throws OccuscopeError `array-file-invalid` when it is no zip; `label` names the file in messages.
 */
export function openNpz(bytes: Uint8Array, label = 'archive'): NpzArchive {
  const members = listZipMembers(bytes, label).filter(({ name }) => name.endsWith('.npy'));
  const names = members.map(({ name }) => name.slice(0, -4));
  const find = (name: string): ZipEntry => {
    const found = members.filter((member) => member.name === `${name}.npy`);
    if (found.length === 1) return found[0]!;
    const fault = found.length === 0 ? `has no member ${name}, only ${names.join(', ')}` : `has two members ${name}`;
    throw new OccuscopeError('array-file-invalid', { detail: `${label} ${fault}.` });
  };
  return {
    names,
    has: (name) => names.includes(name),
    read: (name) => parseNpy(readZipMember(bytes, find(name), label), `${label}/${name}`),
    describe: (name) => readNpyHeader(peekZipMember(bytes, find(name), label, LONGEST_HEADER), `${label}/${name}`),
    readText: (name) =>
      names.includes(name) ? readNpyText(readZipMember(bytes, find(name), label), `${label}/${name}`) : null,
  };
}
