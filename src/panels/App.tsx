import '../ui/tokens.css';
import '../ui/base.css';
import '../ui/controls.css';
import '../ui/surfaces.css';
import './layout.css';
import './panels.css';
import './timeline.css';
import { lazy, Suspense } from 'react';
import { CameraStrip } from '../imagePanels/CameraStrip.tsx';
import { usePageState } from '../stores/page.tsx';
import { ClipState } from './ClipState.tsx';
import { Header } from './Header.tsx';
import { HelpDialog } from './HelpDialog.tsx';
import { Notices } from './Notices.tsx';
import { SidePanel } from './SidePanel.tsx';
import { Timeline } from './Timeline.tsx';
import { useActionKeys } from './useActionKeys.ts';
import { ViewPanes } from './ViewPanes.tsx';

const CommandPalette = lazy(async () => ({ default: (await import('./CommandPalette.tsx')).CommandPalette }));

interface AppProps {
  readonly isHelpOpen: boolean;
  readonly setHelpOpen: (isOpen: boolean) => void;
  readonly isPaletteOpen: boolean;
  readonly setPaletteOpen: (isOpen: boolean) => void;
}

/** The one screen. */
export function App({ isHelpOpen, setHelpOpen, isPaletteOpen, setPaletteOpen }: AppProps) {
  const showCameraImages = usePageState('view', (state) => state.showCameraImages);
  useActionKeys();
  return (
    <div className="screen">
      <Header openHelp={() => setHelpOpen(true)} />
      <main className="stage">
        <ClipState />
        {showCameraImages && <CameraStrip />}
        <ViewPanes />
      </main>
      <SidePanel />
      <Timeline />
      <Notices />
      <HelpDialog isOpen={isHelpOpen} onClose={() => setHelpOpen(false)} />
      {isPaletteOpen && (
        <Suspense>
          <CommandPalette onClose={() => setPaletteOpen(false)} />
        </Suspense>
      )}
    </div>
  );
}
