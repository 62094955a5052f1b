import { THEMES, type Theme, type ViewStore } from '../stores/viewStore.ts';

const storageKey = 'occuscope-theme';

/** Apply the chosen theme to the page and remember it for the next visit; works without storage too. */
export function keepTheme(view: ViewStore, openStorage: () => Storage, root: HTMLElement): void {
  const apply = (theme: Theme) => {
    if (theme === 'system') root.removeAttribute('data-theme');
    else root.dataset['theme'] = theme;
  };
  try {
    const kept = THEMES.find((theme) => theme === openStorage().getItem(storageKey));
    if (kept) view.setState({ theme: kept });
  } catch {
    // Storage is forbidden in some private windows: the system's theme it is.
  }
  apply(view.getState().theme);
  view.subscribe(({ theme }, before) => {
    if (theme === before.theme) return;
    apply(theme);
    try {
      openStorage().setItem(storageKey, theme);
    } catch {
      // As above.
    }
  });
}

/** Whether a theme is dark on this system now. */
export function isDarkTheme(theme: Theme): boolean {
  return theme === 'system' ? window.matchMedia('(prefers-color-scheme: dark)').matches : theme === 'dark';
}
