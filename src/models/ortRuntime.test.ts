import { describe, expect, test } from 'vitest';
import { createOrtRuntime, type OrtModule } from './ortRuntime.ts';

/** Like ORT, it refuses whatever overlaps. */
function createFakeOrt() {
  let busy = false;
  const log: string[] = [];
  const alone = async <Result>(what: string, result: Result): Promise<Result> => {
    if (busy) throw new Error('Session already started');
    busy = true;
    log.push(what);
    await new Promise((resolve) => setTimeout(resolve, 1));
    busy = false;
    if (what === 'run broken') throw new Error('no kernel');
    return result;
  };
  const value = (name: string) => ({ name, isTensor: true, type: 'float32', shape: [1, 2] });
  const create = (bytes: Uint8Array) => {
    const session = {
      inputMetadata: [value('x')],
      outputMetadata: [value('y')],
      run: (feeds: object) => alone(`run ${Object.keys(feeds)[0]}`, {}),
      release: () => alone('release', undefined),
    };
    return alone(`create ${bytes[0]}`, session);
  };
  return { log, ort: { InferenceSession: { create }, Tensor: null } as unknown as OrtModule };
}

describe('the queue of ONNX Runtime', () => {
  test('creation, runs and release of all sessions wait for one another', async () => {
    const { ort, log } = createFakeOrt();
    const runtime = createOrtRuntime(ort, 'node');
    const bytes = (first: number) => Uint8Array.of(first);
    const [a, b] = await Promise.all([
      runtime.createSession('a.onnx', bytes(1), {}),
      runtime.createSession('b.onnx', bytes(2), {}),
    ]);
    const feeds = (name: string) => ({ [name]: null as never });
    await Promise.all([a.run(feeds('first')), b.run(feeds('second')), a.run(feeds('third')), b.release()]);
    expect(log).toEqual(['create 1', 'create 2', 'run first', 'run second', 'run third', 'release']);
  });

  test('a failed run names its part and does not stop the next', async () => {
    const runtime = createOrtRuntime(createFakeOrt().ort, 'node');
    const session = await runtime.createSession('head.onnx', Uint8Array.of(1), {});
    const failing = session.run({ broken: null as never });
    const next = session.run({ fine: null as never });
    await expect(failing).rejects.toMatchObject({ code: 'model-run-failed', detail: 'head.onnx: no kernel' });
    await next;
  });

  test('a session tells its inputs and outputs', async () => {
    const session = await createOrtRuntime(createFakeOrt().ort, 'node').createSession('a.onnx', Uint8Array.of(1), {});
    expect(session.signature.inputs).toEqual([{ name: 'x', type: 'float32', shape: [1, 2] }]);
  });
});
