import { usePageState } from '../stores/page.tsx';
import { ViewPane } from './ViewPane.tsx';

/** The 3D panes, left to right. */
export function ViewPanes() {
  const panes = usePageState('view', (state) => state.panes);
  return (
    <div className="panes">
      {panes.map((content, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a pane is its place; what it shows may change.
        <ViewPane key={index} paneIndex={index} content={content} />
      ))}
    </div>
  );
}
