import { OccuscopeError } from '../errors/catalogue.ts';
import type { GpuContext } from '../gpu/device.ts';
import type { Stores } from '../stores/stores.ts';

/** The one shared device: opened once, watched, and opened anew after a loss. */
export interface ContextHolder {
  readonly context: GpuContext | null;
  /** The device, opening it when there is none. Throws `gpu-missing` or `gpu-device-refused`, the same each time until `forget`. */
  open(): Promise<GpuContext>;
  /** Drop the present device and the memory of a refusal, so that `open` tries anew. */
  forget(): void;
}

interface ContextPorts {
  readonly stores: Stores;
  readonly createContext: () => Promise<GpuContext>;
  /** Called when the present device is lost, with the browser's reason. */
  readonly onLost: (reason: string) => void;
  /** Called whenever `context` has changed. */
  readonly onChange: () => void;
}

export function createContextHolder({ stores, createContext, onLost, onChange }: ContextPorts): ContextHolder {
  let context: GpuContext | null = null;
  let opening: Promise<GpuContext> | null = null;
  const openNow = async () => {
    const opened = await createContext();
    context = opened;
    stores.model.setState({ adapterName: opened.adapterName, isSoftwareAdapter: opened.isSoftware });
    onChange();
    void opened.device.lost.then(({ message, reason }) => {
      if (context !== opened) return;
      context = null;
      opening = null;
      onLost([reason, message].filter(Boolean).join(': '));
    });
    return opened;
  };
  return {
    get context() {
      return context;
    },
    open() {
      opening ??= openNow();
      return opening;
    },
    forget() {
      opening = null;
      context = null;
    },
  };
}

/** Any failure as a catalogue error: what is thrown elsewhere by mistake still gets a code and keeps its cause. */
export function toOccuscopeError(cause: unknown): OccuscopeError {
  if (cause instanceof OccuscopeError) return cause;
  return new OccuscopeError('model-run-failed', {
    detail: cause instanceof Error ? cause.message : String(cause),
    cause,
  });
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}
