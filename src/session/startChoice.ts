import { notify, type StatusStore } from '../stores/statusStore.ts';
import { isClipPath, isZipPath } from '../stores/urlState.ts';

/** The id that was asked for where the site offers it, or the path of a model's zip, else the first offered (with a notice), or null where there is none. */
export function chooseStart(
  kind: 'clip' | 'model',
  asked: string | undefined,
  choices: readonly { readonly id: string; readonly title: string; readonly isHidden: boolean }[],
  status: StatusStore,
): string | null {
  const first = choices.find(({ isHidden }) => !isHidden) ?? choices[0];
  if (asked === undefined) return first?.id ?? null;
  if (choices.some(({ id }) => id === asked) || (kind === 'model' ? isZipPath(asked) : isClipPath(asked))) return asked;
  if (first)
    notify(status, 'warning', `The link’s ${kind} is not offered here; ${first.title} is open instead: ${asked}`);
  return first?.id ?? null;
}
