import { usePage, usePageState } from '../stores/page.tsx';
import { CopyButton } from '../ui/CopyButton.tsx';
import { formatMilliseconds } from '../ui/format.ts';
import { Section } from '../ui/Section.tsx';

/** Where the time of the shown frame went, stage by stage. */
export function TimingsPanel() {
  const { session } = usePage();
  const backend = usePageState('model', (state) => state.backend);
  usePageState('playback', (state) => state.version);
  const current = session.current;
  const longest = Math.max(1e-9, ...(current?.timings.map(({ milliseconds }) => milliseconds ?? 0) ?? []));
  return (
    <Section title="Timings" aside={current ? `${formatMilliseconds(current.wallMilliseconds)} in all` : undefined}>
      {current ? (
        <>
          <ul className="timings">
            {current.timings.map(({ stage, milliseconds }) => (
              <li key={stage} className="timings__row">
                <span className="timings__stage">{stage}</span>
                <span className="timings__bar">
                  <span style={{ width: `${((milliseconds ?? 0) / longest) * 100}%` }} />
                </span>
                <span className="timings__value mono">
                  {milliseconds === null ? 'not measured' : formatMilliseconds(milliseconds)}
                </span>
              </li>
            ))}
          </ul>
          <p className="muted timings__note">
            {backend === 'webgpu' ? 'Elapsed queue time on the GPU, gaps included.' : 'Wall time in the worker.'}
          </p>
        </>
      ) : (
        <p className="muted">Nothing has been predicted yet.</p>
      )}
      <CopyButton
        label="Copy report as JSON"
        look="outline"
        read={() => JSON.stringify(session.makeReport(), null, 2)}
      />
    </Section>
  );
}
