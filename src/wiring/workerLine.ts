import { OccuscopeError } from '../errors/catalogue.ts';

/** What of a Worker is used here. */
export type LineWorker = Pick<Worker, 'postMessage' | 'terminate' | 'onmessage' | 'onerror' | 'onmessageerror'>;

/** Questions to a worker, each answered once by a reply with its `id`. */
export interface WorkerLine<Request, Reply> {
  /** Start the worker unless it runs; `ask` and `post` do so too. */
  open(): void;
  /** Say something that has no reply. */
  post(request: Request): void;
  /** Rejects with `worker-stopped` when the worker breaks before it has answered. */
  ask(makeRequest: (id: number) => Request): Promise<Reply>;
}

/**
 * A line to a worker that starts when it is first needed. One that breaks fails all that waits for it, since nobody knows which question
 * broke it, and the next question starts another. `task` says in the error what it was doing.
 */
export function createWorkerLine<Request, Reply extends { readonly id: number }>(
  openWorker: () => LineWorker,
  task: string,
): WorkerLine<Request, Reply> {
  let worker: LineWorker | null = null;
  let lastId = 0;
  const waiting = new Map<number, { resolve(reply: Reply): void; reject(error: OccuscopeError): void }>();
  const open = () => {
    if (worker) return worker;
    const opened = openWorker();
    const stop = (reason: string) => {
      opened.terminate();
      // A worker that was given up may still report a second fault: what waits by then is not its own.
      if (worker !== opened) return;
      worker = null;
      const failed = [...waiting.values()];
      waiting.clear();
      for (const { reject } of failed) reject(new OccuscopeError('worker-stopped', { detail: `${task}: ${reason}` }));
    };
    opened.onmessage = ({ data }: MessageEvent<Reply>) => {
      waiting.get(data.id)?.resolve(data);
      waiting.delete(data.id);
    };
    opened.onerror = ({ message }) => stop(message || 'it could not be loaded.');
    opened.onmessageerror = () => stop('its reply could not be read.');
    worker = opened;
    return opened;
  };
  return {
    open: () => void open(),
    post: (request) => open().postMessage(request),
    async ask(makeRequest) {
      const asked = open();
      lastId += 1;
      const id = lastId;
      asked.postMessage(makeRequest(id));
      return await new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
    },
  };
}
