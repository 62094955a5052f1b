import '../ui/tokens.css';
import '../ui/base.css';
import '../ui/controls.css';
import '../ui/surfaces.css';
import './layout.css';
import './panels.css';
import { CameraStrip } from '../imagePanels/CameraStrip.tsx';
import { usePageState } from '../stores/page.tsx';
import { ClassLegend } from './ClassLegend.tsx';
import { ClipState } from './ClipState.tsx';
import { Header } from './Header.tsx';
import { HelpDialog } from './HelpDialog.tsx';
import { ModelPanel } from './ModelPanel.tsx';
import { Notices } from './Notices.tsx';
import { Timeline } from './Timeline.tsx';
import { TimingsPanel } from './TimingsPanel.tsx';
import { useActionKeys } from './useActionKeys.ts';
import { ViewPanes } from './ViewPanes.tsx';
import { ViewSettings } from './ViewSettings.tsx';

interface AppProps {
  readonly isHelpOpen: boolean;
  readonly setHelpOpen: (isOpen: boolean) => void;
}

/** The one screen. */
export function App({ isHelpOpen, setHelpOpen }: AppProps) {
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
      <aside className="side" aria-label="Classes, view and model">
        <ClassLegend />
        <ViewSettings />
        <ModelPanel />
        <TimingsPanel />
      </aside>
      <Timeline />
      <Notices />
      <HelpDialog isOpen={isHelpOpen} onClose={() => setHelpOpen(false)} />
    </div>
  );
}
