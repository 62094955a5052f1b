const marks = new WeakMap<Blob, string>();

/** Note what tells the content of `blob` from that of another of its size without reading it, such as a checksum or a version; gives `blob`. */
export function markContent(blob: Blob, mark: string): Blob {
  marks.set(blob, mark);
  return blob;
}

/** The mark of a blob: the one noted, else a file's date; null where nothing but its bytes would tell. */
export function readContentMark(blob: Blob): string | null {
  return marks.get(blob) ?? (blob instanceof File ? `${blob.lastModified}` : null);
}
