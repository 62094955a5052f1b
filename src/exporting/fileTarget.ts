/** Where the bytes of an export go, piece by piece. */
export interface FileTarget {
  write(bytes: Uint8Array<ArrayBuffer>, position?: number): Promise<void>;
  /** The file is whole. */
  finish(): Promise<void>;
  /** Nothing stays behind. */
  abort(): Promise<void>;
}

interface SavePicker {
  showSaveFilePicker(options: {
    suggestedName: string;
    types: { description: string; accept: Record<string, string[]> }[];
  }): Promise<FileSystemFileHandle>;
}

/**
 * Ask where to save, and stream there; a browser without such a picker gathers the file and downloads it.
 * Call it first thing after a click: the picker needs one. Null when the person leaves the picker.
 */
export async function openTarget(name: string, mimeType: string): Promise<FileTarget | null> {
  if (!('showSaveFilePicker' in globalThis)) return gatherBlob(name, mimeType);
  try {
    const extension = `.${name.split('.').at(-1)}`;
    const handle = await (globalThis as unknown as SavePicker).showSaveFilePicker({
      suggestedName: name,
      types: [{ description: name, accept: { [mimeType]: [extension] } }],
    });
    return streamTo(await handle.createWritable());
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return null;
    // A frame without the right to pick, or a folder that may not be written.
    return gatherBlob(name, mimeType);
  }
}

function streamTo(stream: FileSystemWritableFileStream): FileTarget {
  return {
    write: (data, position) => stream.write(position === undefined ? data : { type: 'write', data, position }),
    finish: () => stream.close(),
    abort: () => stream.abort(),
  };
}

/** Pieces in memory, then a download. Pieces at a position are kept in a growing buffer. */
export function gatherBlob(
  name: string,
  mimeType: string,
  download: (name: string, blob: Blob) => void = downloadBlob,
): FileTarget {
  let parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  return {
    async write(bytes, position = length) {
      // Encoders go back to write lengths into headers.
      if (position < length) parts = [overwrite(parts, length, bytes, position)];
      else parts.push(...(position > length ? [new Uint8Array(position - length)] : []), bytes.slice());
      length = Math.max(length, position + bytes.length);
    },
    async finish() {
      download(name, new Blob(parts, { type: mimeType }));
      parts = [];
    },
    async abort() {
      parts = [];
    },
  };
}

function overwrite(parts: readonly Uint8Array[], length: number, bytes: Uint8Array, position: number) {
  const whole = new Uint8Array(Math.max(length, position + bytes.length));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  whole.set(bytes, position);
  return whole;
}

function downloadBlob(name: string, blob: Blob): void {
  const anchor = document.createElement('a');
  const address = URL.createObjectURL(blob);
  anchor.href = address;
  anchor.download = name;
  anchor.click();
  // The download has taken the bytes by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
