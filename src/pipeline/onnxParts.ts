import type { InferenceSession } from 'onnxruntime-common';
import { checkOnnx } from '../models/checkOnnx.ts';
import type { ModelPackage } from '../models/openModel.ts';
import type { OrtRuntime, OrtSession } from '../models/ortRuntime.ts';

/** Open every ONNX part that a recipe uses, once each. On failure the parts opened so far are released. */
export async function openOnnxParts(
  { manifest, files }: ModelPackage,
  runtime: OrtRuntime,
  options: InferenceSession.SessionOptions,
): Promise<Map<string, OrtSession>> {
  const sessions = new Map<string, OrtSession>();
  try {
    for (const stage of manifest.stages) {
      if (stage.kind !== 'onnx' || sessions.has(stage.file)) continue;
      checkOnnx(stage.file, files.get(stage.file)!);
      sessions.set(stage.file, await runtime.createSession(stage.file, files.get(stage.file)!, options));
    }
    return sessions;
  } catch (error) {
    await releaseOnnxParts(sessions);
    throw error;
  }
}

/** Release sessions; a part on a lost device may refuse, which no longer matters. */
export async function releaseOnnxParts(sessions: ReadonlyMap<string, OrtSession>): Promise<void> {
  await Promise.allSettled([...sessions.values()].map((session) => session.release()));
}
