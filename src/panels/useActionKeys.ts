import { useEffect } from 'react';
import { usePage } from '../stores/page.tsx';
import { listenForKeys } from './listenForKeys.ts';

/** The page's keys, for as long as it is there. */
export function useActionKeys(): void {
  const { actions } = usePage();
  useEffect(() => listenForKeys(window, document, actions), [actions]);
}
