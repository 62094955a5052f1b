import { Fragment, useRef } from 'react';
import { usePage, usePageState } from '../stores/page.tsx';
import { resizePanes } from '../stores/panes.ts';
import { EdgeHandle } from '../ui/EdgeHandle.tsx';
import { ViewBar } from './ViewBar.tsx';
import { ViewPane } from './ViewPane.tsx';

/** The 3D panes, side by side with edges to drag, or two over each other with an edge to wipe. */
export function ViewPanes() {
  const { stores } = usePage();
  const panes = usePageState('view', (state) => state.panes);
  const layout = usePageState('view', (state) => state.layout);
  const swipeShare = usePageState('view', (state) => state.swipeShare);
  const row = useRef<HTMLDivElement>(null);
  const isSwipe = layout === 'swipe' && panes.length > 1;
  const shown = isSwipe ? panes.slice(0, 2) : panes;
  const measureWidth = () => row.current?.clientWidth ?? 1;
  const setSwipe = (share: number) => stores.view.setState({ swipeShare: Math.min(Math.max(share, 0.02), 0.98) });
  return (
    <>
      <ViewBar />
      <div
        ref={row}
        className={isSwipe ? 'panes panes--swipe' : 'panes'}
        style={isSwipe ? ({ '--swipe': `${swipeShare * 100}%` } as React.CSSProperties) : undefined}
      >
        {shown.map((pane, index) => (
          <Fragment key={pane.key}>
            <ViewPane pane={pane} index={index} count={shown.length} isSwipe={isSwipe} />
            {!isSwipe && index < shown.length - 1 && (
              <EdgeHandle
                label={`Edge between columns ${index + 1} and ${index + 2}`}
                value={pane.share}
                onChange={(change) =>
                  stores.view.setState((state) => ({ panes: resizePanes(state.panes, index, change) }))
                }
                measureLength={measureWidth}
              />
            )}
          </Fragment>
        ))}
        {isSwipe && (
          <EdgeHandle
            label="Wipe between the two views"
            className="edge edge--swipe"
            value={swipeShare}
            onChange={(change) => setSwipe(stores.view.getState().swipeShare + change)}
            measureLength={measureWidth}
          />
        )}
      </div>
    </>
  );
}
