import type { ClassMesh } from './meshFaces.ts';

/** Ego axes (x ahead, y left, z up) to glTF's (y up, z ahead), column by column. */
const gltfFromEgo = [0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1];

/**
 * Meshes as a binary glTF 2.0 file: one primitive and one material for each class, metres. Without normals, so that viewers shade each
 * face flat, as the specification asks. Source: Khronos glTF 2.0.
 */
export function encodeGlb(meshes: readonly ClassMesh[], title: string): Uint8Array<ArrayBuffer> {
  const bufferViews: object[] = [];
  const accessors: object[] = [];
  const parts: Uint8Array[] = [];
  let offset = 0;
  const addView = (data: Float32Array | Uint32Array, target: number): number => {
    parts.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    bufferViews.push({ buffer: 0, byteOffset: offset, byteLength: data.byteLength, target });
    offset += data.byteLength;
    return bufferViews.length - 1;
  };
  const primitives = meshes.map((mesh, material) => {
    const { positions, indices } = mesh;
    accessors.push(
      {
        bufferView: addView(positions, 34962),
        componentType: 5126,
        count: positions.length / 3,
        type: 'VEC3',
        ...findBounds(positions),
      },
      { bufferView: addView(indices, 34963), componentType: 5125, count: indices.length, type: 'SCALAR' },
    );
    const position = accessors.length - 2;
    return { attributes: { POSITION: position }, indices: position + 1, material, mode: 4 };
  });
  const json = {
    asset: { version: '2.0', generator: 'Occuscope' },
    scene: 0,
    // glTF knows no empty mesh, view or buffer.
    scenes: [{ name: title, nodes: meshes.length > 0 ? [0] : [] }],
    ...(meshes.length > 0 && {
      nodes: [{ name: title, mesh: 0, matrix: gltfFromEgo }],
      meshes: [{ name: title, primitives }],
      materials: meshes.map(describeMaterial),
      accessors,
      bufferViews,
      buffers: [{ byteLength: offset }],
    }),
  };
  return pack(new TextEncoder().encode(JSON.stringify(json)), parts, offset);
}

function describeMaterial({ name, label, colour }: ClassMesh): object {
  return {
    name,
    extras: { label },
    pbrMetallicRoughness: { baseColorFactor: [...colour.map(toLinear), 1], metallicFactor: 0, roughnessFactor: 1 },
  };
}

/** sRGB 0..255 to linear 0..1. */
function toLinear(value: number): number {
  const share = value / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

function findBounds(positions: Float32Array): { min: number[]; max: number[] } {
  const min = [Infinity, Infinity, Infinity];
  const max = [-Infinity, -Infinity, -Infinity];
  for (let index = 0; index < positions.length; index++) {
    const axis = index % 3;
    min[axis] = Math.min(min[axis]!, positions[index]!);
    max[axis] = Math.max(max[axis]!, positions[index]!);
  }
  return { min, max };
}

/** Header, JSON chunk filled with blanks, binary chunk; all lengths are multiples of four. */
function pack(json: Uint8Array, parts: readonly Uint8Array[], binaryBytes: number): Uint8Array<ArrayBuffer> {
  const jsonBytes = Math.ceil(json.length / 4) * 4;
  const total = 12 + 8 + jsonBytes + (binaryBytes > 0 ? 8 + binaryBytes : 0);
  const file = new Uint8Array(total);
  const view = new DataView(file.buffer);
  [0x46546c67, 2, total, jsonBytes, 0x4e4f534a].forEach((word, index) => {
    view.setUint32(index * 4, word, true);
  });
  file.fill(0x20, 20, 20 + jsonBytes).set(json, 20);
  if (binaryBytes === 0) return file;
  let at = 20 + jsonBytes;
  view.setUint32(at, binaryBytes, true);
  view.setUint32(at + 4, 0x004e4942, true);
  at += 8;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}
