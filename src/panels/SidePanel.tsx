import { lazy, Suspense } from 'react';
import { usePage, usePageState } from '../stores/page.tsx';
import { Boundary } from '../ui/Boundary.tsx';
import { Segments } from '../ui/Segments.tsx';
import { ClassLegend } from './ClassLegend.tsx';
import { ModelPanel } from './ModelPanel.tsx';
import { TimingsPanel } from './TimingsPanel.tsx';
import { ImageSettings, ViewSettings } from './ViewSettings.tsx';

// Nobody needs the metrics at first sight.
const MetricsPanel = lazy(async () => ({ default: (await import('./metrics/MetricsPanel.tsx')).MetricsPanel }));

/** Beside the 3D view: how the scene is shown, or how good the prediction is. */
export function SidePanel() {
  const { stores } = usePage();
  const isMetrics = usePageState('metrics', (state) => state.isOpen);
  return (
    <aside
      className={isMetrics ? 'side side--wide' : 'side'}
      aria-label={isMetrics ? 'Metrics' : 'Classes, view and model'}
    >
      <div className="side__tabs">
        <Segments<'scene' | 'metrics'>
          label="Beside the 3D view"
          value={isMetrics ? 'metrics' : 'scene'}
          options={[
            { value: 'scene', label: 'Scene' },
            { value: 'metrics', label: 'Metrics', hint: 'Prediction against truth (M)' },
          ]}
          onChange={(value) => stores.metrics.setState({ isOpen: value === 'metrics' })}
        />
      </div>
      {isMetrics ? (
        <Boundary sentence="The metrics could not be drawn." resetKey={isMetrics}>
          <Suspense fallback={<p className="metrics__empty muted">Loading the metrics</p>}>
            <MetricsPanel />
          </Suspense>
        </Boundary>
      ) : (
        <>
          <ClassLegend />
          <ViewSettings />
          <ImageSettings />
          <ModelPanel />
          <TimingsPanel />
        </>
      )}
    </aside>
  );
}
