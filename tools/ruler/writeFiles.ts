import { crc32, deflateSync } from 'node:zlib';
import { zipSync } from 'fflate';

/** Encode 8-bit RGBA pixels as a PNG without its alpha channel. */
export function encodePng(rgba: Uint8ClampedArray, width: number, height: number): Uint8Array {
  const rows = Buffer.alloc(height * (width * 3 + 1));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      rows.set(rgba.subarray((y * width + x) * 4, (y * width + x) * 4 + 3), y * (width * 3 + 1) + 1 + x * 3);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8); // 8 bits, RGB, deflate, no filter choice, not interlaced
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const bytes = Buffer.alloc(body.length + 8);
  bytes.writeUInt32BE(data.length, 0);
  body.copy(bytes, 4);
  bytes.writeUInt32BE(crc32(body), body.length + 4);
  return bytes;
}

/** One member of an npz: a NumPy dtype and little-endian bytes. */
export interface NpzMember {
  readonly dtype: '|u1' | '<f4';
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** Write arrays as NumPy would with `savez_compressed`; dated 1980 so that equal content gives equal files. */
export function encodeNpz(members: Readonly<Record<string, NpzMember>>): Uint8Array {
  const files = Object.entries(members).map(([name, member]) => [`${name}.npy`, encodeNpy(member)] as const);
  return zipSync(Object.fromEntries(files), { level: 9, mtime: '1980-01-01T00:00:00' });
}

function encodeNpy({ dtype, shape, bytes }: NpzMember): Uint8Array {
  const tuple = `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;
  const text = `{'descr': '${dtype}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const padded = text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11);
  const header = new TextEncoder().encode(`${padded}\n`);
  const prefix = [0x93, ...new TextEncoder().encode('NUMPY'), 1, 0, header.length & 255, header.length >> 8];
  return Uint8Array.from([...prefix, ...header, ...bytes]);
}
