import { OccuscopeError } from '../errors/catalogue.ts';
import { encodeGlb } from './encodeGlb.ts';
import { encodeLabels } from './encodeLabels.ts';
import { encodePly } from './encodePly.ts';
import type { ExportPage, ExportVolume } from './exportPage.ts';
import type { FileTarget } from './fileTarget.ts';
import { meshFaces } from './meshFaces.ts';
import { recordVideo } from './recordVideo.ts';
import { createZipStream } from './zipStream.ts';

/** What can be exported. */
export const EXPORT_KINDS = ['npz', 'npz-clip', 'glb', 'ply', 'png', 'video'] as const;
export type ExportKind = (typeof EXPORT_KINDS)[number];

/** Exports of labels ask whose. */
export function needsSubject(kind: ExportKind): boolean {
  return kind !== 'png' && kind !== 'video';
}

export interface ExportRequest {
  readonly kind: ExportKind;
  readonly subject: string;
  /** Playing speed of a video; 1 = as fast as it was driven. */
  readonly speed: number;
}

export interface ExportRun {
  readonly page: ExportPage;
  readonly target: FileTarget;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

/** File name and type; `videoExtension` is what the browser can write. */
export function nameFile(
  { kind, subject }: ExportRequest,
  page: ExportPage,
  videoExtension: string,
): { name: string; mimeType: string } {
  const clean = (text: string) => text.replace(/[^\w.-]+/g, '-');
  const frame = `${clean(page.clipId)}-frame-${page.frameIndex + 1}`;
  const whose = subject === 'prediction' ? '' : `-${clean(subject)}`;
  const names: Readonly<Record<ExportKind, readonly [string, string]>> = {
    npz: [`${frame}${whose}.npz`, 'application/octet-stream'],
    'npz-clip': [`${clean(page.clipId)}${whose}.zip`, 'application/zip'],
    glb: [`${frame}${whose}.glb`, 'model/gltf-binary'],
    ply: [`${frame}${whose}.ply`, 'application/octet-stream'],
    png: [`${frame}.png`, 'image/png'],
    video: [`${clean(page.clipId)}.${videoExtension}`, `video/${videoExtension}`],
  };
  const [name, mimeType] = names[kind];
  return { name, mimeType };
}

/** Do it, and say in one sentence what was written. Throws `export-failed` or what predicting throws; an abort is an `AbortError`. */
export async function runExport(request: ExportRequest, run: ExportRun): Promise<string> {
  const { target } = run;
  try {
    const sentence = await writeExport(request, run);
    await target.finish();
    return sentence;
  } catch (error) {
    await target.abort().catch(() => undefined);
    throw error;
  }
}

async function writeExport(request: ExportRequest, run: ExportRun): Promise<string> {
  const { page, target, signal } = run;
  if (request.kind === 'npz-clip') return await writeClip(request, run);
  if (request.kind === 'video') return await writeVideo(request, run);
  if (request.kind === 'png') {
    const picture = await page.drawFigure(page.frameIndex, signal);
    await target.write(new Uint8Array(await (await picture.convertToBlob({ type: 'image/png' })).arrayBuffer()));
    return `The still has ${picture.width} x ${picture.height} pixels.`;
  }
  const volume = await page.readVolume(request.subject, page.frameIndex, signal);
  if (!volume) throw new OccuscopeError('export-failed', { detail: 'This frame has no labels of that kind.' });
  const title = `${page.clipTitle}, frame ${page.frameIndex + 1}`;
  const bytes = encodeVolume(request.kind, volume, page, title);
  await target.write(bytes);
  return `${bytes.length.toLocaleString('en')} bytes were written.`;
}

function encodeVolume(
  kind: ExportKind,
  volume: ExportVolume,
  page: ExportPage,
  title: string,
): Uint8Array<ArrayBuffer> {
  if (kind === 'npz') return encodeLabels(volume);
  const shown = page.readShown(volume);
  return kind === 'glb' ? encodeGlb(meshFaces(volume, shown), title) : encodePly(volume, shown, title);
}

/** What is wrong with one file of labels, and not with the export. */
const unreadable: ReadonlySet<string> = new Set(['array-file-invalid', 'label-file-invalid']);

/** `<clip>/<token>/labels.npz` for every frame, as Occ3D lays out its ground truth. */
async function writeClip({ subject }: ExportRequest, { page, target, signal, onProgress }: ExportRun): Promise<string> {
  const zip = createZipStream(target);
  const total = page.frames.length;
  let written = 0;
  const faults: string[] = [];
  for (const [index, { token }] of page.frames.entries()) {
    signal.throwIfAborted();
    onProgress(index, total);
    const volume = await page.readVolume(subject, index, signal).catch((error: unknown) => {
      // A damaged file of labels costs its own frame.
      if (!(error instanceof OccuscopeError && unreadable.has(error.code))) throw error;
      faults.push(` Frame ${index + 1}: ${error.detail ?? error.sentence}`);
      return null;
    });
    if (!volume) continue;
    await zip.add(`${page.clipId}/${token}/labels.npz`, encodeLabels(volume));
    written += 1;
  }
  if (written === 0) {
    const detail = ['No frame has labels of that kind.', ...faults].join('');
    throw new OccuscopeError('export-failed', { detail });
  }
  await zip.finish();
  const lack = written + faults.length < total ? '; the others have no labels of that kind' : '';
  return `${written} of ${total} frames ${written === 1 ? 'was' : 'were'} written${lack}.${faults.slice(0, 3).join('')}`;
}

async function writeVideo({ speed }: ExportRequest, { page, target, signal, onProgress }: ExportRun): Promise<string> {
  const start = page.frames[0]?.timestampMicroseconds ?? 0;
  const times = page.frames.map(({ timestampMicroseconds }) => (timestampMicroseconds - start) / 1e6 / speed);
  await recordVideo({
    times,
    target,
    signal,
    drawPicture: (index) => page.drawFigure(index, signal),
    onProgress: (done) => onProgress(done, times.length),
  });
  return `The video has ${times.length} ${times.length === 1 ? 'frame' : 'frames'}.`;
}
