import type { PageAction } from '../stores/pageAction.ts';

/** Actions that match every word, those whose words begin so first; the table's order else. */
export function rankActions(actions: readonly PageAction[], text: string): PageAction[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const scored = actions.map((action, order) => ({ action, order, score: scoreAction(action, words) }));
  return scored
    .filter(({ score }) => score !== null)
    .sort((a, b) => b.score! - a.score! || a.order - b.order)
    .map(({ action }) => action);
}

/** Null where a word is missing; 2 for each word that begins a word of the title, 1 for any other place. */
function scoreAction({ title, group }: PageAction, words: readonly string[]): number | null {
  const text = `${title} ${group}`.toLowerCase();
  let score = 0;
  for (const word of words) {
    const at = text.indexOf(word);
    if (at < 0) return null;
    score += at === 0 || /\W/.test(text[at - 1]!) ? 2 : 1;
  }
  return score;
}
