import { useEffect, useState } from 'react';
import { ExportDialog } from '../exporting/ExportDialog.tsx';
import type { SessionHandle } from '../session/createSession.ts';
import { notify } from '../stores/statusStore.ts';
import type { Stores } from '../stores/stores.ts';
import type { CameraLink } from './cameraLink.ts';
import { createExportPage } from './exportPage.ts';

interface PageExportProps {
  readonly stores: Stores;
  readonly session: SessionHandle;
  readonly link: CameraLink;
  readonly onClose: () => void;
}

/** The Export dialog, joined to the session. */
export function PageExport({ stores, session, link, onClose }: PageExportProps) {
  const [page] = useState(() => createExportPage(stores, session, link));
  useEffect(() => {
    if (page) return;
    notify(stores.status, 'info', 'Open a clip first: there is nothing to export yet.');
    onClose();
  }, [page, stores, onClose]);
  return page && <ExportDialog page={page} onClose={onClose} />;
}
