/** Sentences about faults; of each kind the first few are told, and how many more there are. */
export interface FaultList {
  add(kind: string, sentence: string): void;
  list(): string[];
}

const told = 3;

export function createFaultList(): FaultList {
  const kinds = new Map<string, { readonly sentences: string[]; count: number }>();
  return {
    add(kind, sentence) {
      const entry = kinds.get(kind) ?? { sentences: [], count: 0 };
      kinds.set(kind, entry);
      entry.count += 1;
      if (entry.sentences.length < told) entry.sentences.push(sentence);
    },
    list: () =>
      [...kinds].flatMap(([kind, { sentences, count }]) =>
        count > told ? [...sentences, `${kind}: ${count - told} more.`] : sentences,
      ),
  };
}
