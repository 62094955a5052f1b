/** Whose prediction: the open model's, another network's beside it (with its memory switched off or left unmoved), or a stored one. */
export type PredictionId = 'prediction' | `model:${string}` | `stored:${string}`;

/** What lays a prediction over the truth. */
export const COMPARISON_KINDS = ['difference', 'flow-error', 'flicker'] as const;
export type ComparisonKind = (typeof COMPARISON_KINDS)[number];

/** What a pane can show; all but truth are of one prediction. */
export const PANE_KINDS = ['prediction', 'truth', ...COMPARISON_KINDS, 'memory'] as const;
export type PaneKind = (typeof PANE_KINDS)[number];

/** A pane's content as the address writes it: `difference` is of the open model, `difference@stored:mine` of another prediction. */
export type PaneContent = PaneKind | PredictionId | `${Exclude<PaneKind, 'prediction' | 'truth'>}@${PredictionId}`;

/** The parts of a content. Truth belongs to nobody: its subject is the open model's prediction and means nothing. */
export interface ContentParts {
  readonly kind: PaneKind;
  readonly subject: PredictionId;
}

/** How a network uses its memory: moved with the ego, left where it was, or not at all. */
export const MEMORY_USES = ['moved', 'unmoved', 'off'] as const;
export type MemoryUse = (typeof MEMORY_USES)[number];

/** Take a content apart. */
export function readContent(content: PaneContent): ContentParts {
  const [kind, subject] = splitOnce(content, '@');
  if (subject !== null) return { kind: kind as PaneKind, subject: subject as PredictionId };
  if (isOther(content)) return { kind: 'prediction', subject: content };
  return { kind: content as PaneKind, subject: 'prediction' };
}

/** Put a content together; the shortest writing of it. */
export function writeContent(kind: PaneKind, subject: PredictionId): PaneContent {
  if (kind === 'truth') return 'truth';
  if (kind === 'prediction') return subject;
  return subject === 'prediction' ? kind : `${kind}@${subject}`;
}

/** Whether `id` is another prediction than the open model's. */
export function isOther(id: string): id is Exclude<PredictionId, 'prediction'> {
  return id.startsWith('model:') || id.startsWith('stored:');
}

/** The package of `model:<address>?<use>`, with how its memory is used; null for other predictions. */
export function readModelId(id: PredictionId): { readonly address: string; readonly memoryUse: MemoryUse } | null {
  if (!id.startsWith('model:')) return null;
  const [address, use] = splitOnce(id.slice('model:'.length), '?');
  return { address, memoryUse: use === 'memory=off' ? 'off' : use === 'memory=unmoved' ? 'unmoved' : 'moved' };
}

export function writeModelId(address: string, memoryUse: MemoryUse): PredictionId {
  return memoryUse === 'moved' ? `model:${address}` : `model:${address}?memory=${memoryUse}`;
}

/** Whether a content needs the clip's ground truth. */
export function needsTruth(content: PaneContent): boolean {
  const { kind } = readContent(content);
  return kind === 'truth' || isComparison(kind);
}

export function isComparison(kind: PaneKind): kind is ComparisonKind {
  return (COMPARISON_KINDS as readonly string[]).includes(kind);
}

const subject = String.raw`(prediction|model:[\w./~%+-]{1,300}(\?memory=(off|unmoved))?|stored:[\w.-]{1,80})`;
const pattern = new RegExp(`^(${PANE_KINDS.join('|')}|${subject}|(${COMPARISON_KINDS.join('|')}|memory)@${subject})$`);

/** Whether the text of an address is a content in form; the model or prediction that it names may still be missing. */
export function isPaneContent(text: string): text is PaneContent {
  return pattern.test(text);
}

function splitOnce(text: string, mark: string): readonly [string, string | null] {
  const place = text.indexOf(mark);
  return place < 0 ? [text, null] : [text.slice(0, place), text.slice(place + 1)];
}
