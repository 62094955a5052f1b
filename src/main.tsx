import { lazy, Suspense, useCallback, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { type Dropped, listenForDrops } from './opening/listenForDrops.ts';
import { App } from './panels/App.tsx';
import { type Automation, createAutomation } from './session/automation.ts';
import { createSession } from './session/createSession.ts';
import { createActions } from './stores/actions.ts';
import { bindUrl, readUrl } from './stores/bindUrl.ts';
import { PageProvider } from './stores/page.tsx';
import { announce, notify } from './stores/statusStore.ts';
import { createStores } from './stores/stores.ts';
import { COMPARISON_PALETTES, PALETTES } from './viewport/palettes.ts';
import { createCameraLink } from './wiring/cameraLink.ts';
import { createMetrics } from './wiring/createMetrics.ts';
import { createPorts } from './wiring/createPorts.ts';
import { createVoxelCaster } from './wiring/createVoxelCaster.ts';
import { isDarkTheme, keepTheme } from './wiring/keepTheme.ts';
import { createLocalClips } from './wiring/localClips.ts';

declare global {
  interface Window {
    occuscope: Automation;
  }
}

const stores = createStores();
const base = new URL('.', document.baseURI).href;
const localClips = createLocalClips();
const session = createSession(stores, createPorts(base, localClips));

const wanted = readUrl(stores, window.location.search);
keepTheme(stores.view, () => window.localStorage, document.documentElement);
const started = session.start(wanted);
window.occuscope = createAutomation(session, stores, started);
bindUrl(stores, window.location, window.history);

const cameraLink = createCameraLink(stores);
const metricsRun = createMetrics(stores, session);
let openHelp: () => void = () => undefined;
let openPalette: () => void = () => undefined;
let openFiles: () => void = () => undefined;
let openExport: () => void = () => undefined;
const actions = createActions(stores, session, {
  openHelp: () => openHelp(),
  openPalette: () => openPalette(),
  openFiles: () => openFiles(),
  saveFigure: () => {
    import('./wiring/saveFigure.ts')
      .then(({ saveFigure }) => saveFigure(stores, cameraLink))
      .catch((error: unknown) => notify(stores.status, 'error', `The still could not be saved. ${String(error)}`));
  },
  openExport: () => openExport(),
  metricsRun,
  copyText: async (text) => {
    await navigator.clipboard.writeText(text);
    announce(stores.status, 'Copied.');
  },
  readAddress: () => window.location.href,
  isDark: () => isDarkTheme(stores.view.getState().theme),
});

// The 3D view brings three with it: a chunk of its own, after the images.
const LazyViewport = lazy(async () => ({ default: (await import('./wiring/PageViewport.tsx')).PageViewport }));

const page = {
  stores,
  session,
  actions,
  colourOf: (palette: keyof typeof PALETTES, label: number) => PALETTES[palette].colours[label] ?? '#808080',
  metricsRun,
  castVoxels: createVoxelCaster(),
  comparisonColourOf: (comparison: keyof typeof COMPARISON_PALETTES, label: number) =>
    COMPARISON_PALETTES[comparison][label] ?? '#808080',
  Viewport: ({ paneKey }: { readonly paneKey: number }) => (
    <LazyViewport paneKey={paneKey} session={session} link={cameraLink} metrics={metricsRun} />
  ),
};

// Opening a visitor's own data is a chunk of its own; only the listening for drops is there from the start.
const LazyOpening = lazy(async () => ({ default: (await import('./wiring/PageOpening.tsx')).PageOpening }));

function Opening() {
  const [request, setRequest] = useState<{ readonly dropped: Dropped | null; readonly number: number } | null>(null);
  // Each request has a dialog of its own: one that is just closing must not take a new drop down with it.
  const ask = useCallback((dropped: Dropped | null) => {
    setRequest((before) => ({ dropped, number: (before?.number ?? 0) + 1 }));
  }, []);
  const leave = (number: number) => setRequest((now) => (now?.number === number ? null : now));
  openFiles = () => ask(null);
  useEffect(() => {
    const mark = (isOver: boolean) => document.documentElement.toggleAttribute('data-drop', isOver);
    return listenForDrops(window, mark, ask);
  }, [ask]);
  if (!request) return null;
  return (
    <Suspense>
      <LazyOpening
        key={request.number}
        {...{ stores, session, localClips, base }}
        dropped={request.dropped}
        onClose={() => leave(request.number)}
      />
    </Suspense>
  );
}

const LazyExport = lazy(async () => ({ default: (await import('./wiring/PageExport.tsx')).PageExport }));

function Exporting() {
  const [isOpen, setOpen] = useState(false);
  openExport = () => setOpen(true);
  if (!isOpen) return null;
  return (
    <Suspense>
      <LazyExport stores={stores} session={session} link={cameraLink} onClose={() => setOpen(false)} />
    </Suspense>
  );
}

function Root() {
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [isPaletteOpen, setPaletteOpen] = useState(false);
  openHelp = () => setHelpOpen(true);
  openPalette = () => setPaletteOpen(true);
  return (
    <PageProvider page={page}>
      <App
        isHelpOpen={isHelpOpen}
        setHelpOpen={setHelpOpen}
        isPaletteOpen={isPaletteOpen}
        setPaletteOpen={setPaletteOpen}
      />
      <Opening />
      <Exporting />
    </PageProvider>
  );
}

createRoot(document.getElementById('root')!).render(<Root />);
