import { usePage, usePageState } from '../stores/page.tsx';
import { dismissNotice } from '../stores/statusStore.ts';
import { Button } from '../ui/Button.tsx';
import { Icon } from '../ui/Icon.tsx';

/** Messages that belong to no panel, and the live region that reads states aloud. */
export function Notices() {
  const { stores } = usePage();
  const notices = usePageState('status', (state) => state.notices);
  const announcement = usePageState('status', (state) => state.announcement);
  return (
    <>
      <div className="notices">
        {notices.map(({ id, tone, text }) => (
          <div key={id} className={`notice notice--${tone}`}>
            {tone !== 'info' && <Icon name="warning" />}
            <p>{text}</p>
            <Button icon="close" label="Dismiss" iconOnly isSmall onClick={() => dismissNotice(stores.status, id)} />
          </div>
        ))}
      </div>
      <p className="visually-hidden" role="status" aria-live="polite" data-testid="live">
        {announcement}
      </p>
    </>
  );
}
