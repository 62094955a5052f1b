import { type ComponentType, createContext, type ReactNode, useContext } from 'react';
import { useStore } from 'zustand';
import type { StoreApi } from 'zustand/vanilla';
import type { CameraView } from '../domain/clip.ts';
import type { DrawnVolume } from '../domain/drawnVolume.ts';
import type { PageAction } from './actions.ts';
import type { MetricsRun } from './metricsActions.ts';
import type { Session } from './session.ts';
import type { Stores } from './stores.ts';
import type { PaletteId } from './viewStore.ts';

/** Draws a volume as a camera sees it: RGBA, `width` x `height` pixels over the whole image. */
export type VoxelCaster = (
  volume: DrawnVolume,
  palette: PaletteId,
  view: CameraView,
  width: number,
  height: number,
) => Promise<Uint8ClampedArray<ArrayBuffer>>;

/** Everything that panels get from the composition root. */
export interface Page {
  readonly stores: Stores;
  readonly session: Session;
  readonly actions: readonly PageAction[];
  /** CSS colour of a label. */
  readonly colourOf: (palette: PaletteId, label: number) => string;
  /** CSS colour of a label of one of the comparisons in src/domain/comparisonClasses.ts. */
  readonly comparisonColourOf: (comparison: 'outcome' | 'speed-error' | 'flicker', label: number) => string;
  readonly metricsRun: MetricsRun;
  readonly castVoxels: VoxelCaster;
  /** The 3D view of one pane, loaded on demand. */
  readonly Viewport: ComponentType<{ readonly paneKey: number }>;
}

const PageContext = createContext<Page | null>(null);

export function PageProvider({ page, children }: { readonly page: Page; readonly children: ReactNode }) {
  return <PageContext.Provider value={page}>{children}</PageContext.Provider>;
}

export function usePage(): Page {
  const page = useContext(PageContext);
  if (!page) throw new Error('A panel was drawn outside of PageProvider.');
  return page;
}

type StateOf<Store> = Store extends StoreApi<infer State> ? State : never;

/** Follow a part of one store. */
export function usePageState<Name extends keyof Stores, Part>(
  name: Name,
  select: (state: StateOf<Stores[Name]>) => Part,
): Part {
  const { stores } = usePage();
  return useStore<StoreApi<StateOf<Stores[Name]>>, Part>(stores[name] as never, select);
}
