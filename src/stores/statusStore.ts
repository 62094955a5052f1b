import { createStore } from 'zustand/vanilla';
import type { OccuscopeError } from '../errors/catalogue.ts';

/** A short message that belongs to no single panel. */
export interface Notice {
  readonly id: number;
  readonly tone: 'info' | 'warning' | 'error';
  readonly text: string;
  readonly error: OccuscopeError | null;
}

/** Notices, and the sentence that screen readers hear. */
export interface StatusState {
  readonly notices: readonly Notice[];
  readonly announcement: string;
}

export type StatusStore = ReturnType<typeof createStatusStore>;

export function createStatusStore() {
  return createStore<StatusState>(() => ({ notices: [], announcement: '' }));
}

let lastNotice = 0;

/** Show a notice until it is dismissed; the same text is not shown twice. */
export function notify(
  store: StatusStore,
  tone: Notice['tone'],
  text: string,
  error: OccuscopeError | null = null,
): void {
  const { notices } = store.getState();
  if (notices.some((notice) => notice.text === text)) return;
  lastNotice += 1;
  store.setState({ notices: [...notices, { id: lastNotice, tone, text, error }], announcement: text });
}

export function dismissNotice(store: StatusStore, id: number): void {
  store.setState({ notices: store.getState().notices.filter((notice) => notice.id !== id) });
}

/** Say `text` to screen readers without showing it. */
export function announce(store: StatusStore, text: string): void {
  store.setState({ announcement: text });
}
