import type { StoredPredictions } from '../domain/storedPredictions.ts';
import { type PredictionId, readContent } from '../stores/paneContent.ts';
import { addPane, changePane, removePane } from '../stores/panes.ts';
import { notify } from '../stores/statusStore.ts';
import { listOthers } from '../stores/subjects.ts';
import type { Others, OthersPorts } from './others.ts';

/** What is stored, and the predictions beside the open model's once somebody asks for one: their code is loaded then. */
export interface OthersHolder {
  readonly current: Others | null;
  addStored(stored: StoredPredictions): void;
  removeStored(id: PredictionId): void;
}

export function createOthersHolder(parts: Omit<OthersPorts, 'getStored'>): OthersHolder {
  const { stores } = parts;
  const stored = new Map<PredictionId, StoredPredictions>();
  let others: Others | null = null;
  let isLoading = false;
  const update = () => {
    if (others || isLoading || listOthers(stores).length === 0) return;
    isLoading = true;
    import('./others.ts')
      .then(({ createOthers }) => {
        others = createOthers({ ...parts, getStored: (id) => stored.get(id) ?? null });
      })
      .catch((error: unknown) => notify(stores.status, 'error', `The column could not be opened. ${String(error)}`))
      .finally(() => {
        isLoading = false;
      });
  };
  stores.view.subscribe(update);
  stores.metrics.subscribe(update);
  return {
    get current() {
      return others;
    },
    addStored(added) {
      const id: PredictionId = `stored:${added.id}`;
      stored.get(id)?.close();
      stored.set(id, added);
      publish();
      stores.view.setState(({ panes }) => {
        if (panes.some(({ content }) => readContent(content).subject === id)) return {};
        const grown = addPane(panes, id);
        return { panes: grown === panes ? changePane(panes, panes.at(-1)!.key, { content: id }) : grown };
      });
      others?.retry(id);
    },
    removeStored(id) {
      stores.view.setState(({ panes }) => {
        const using = panes.filter(({ content }) => readContent(content).subject === id);
        const rest = using.reduce<typeof panes>((left, { key }) => removePane(left, key), panes);
        const isLast = readContent(rest[0]!.content).subject === id;
        return { panes: isLast ? changePane(rest, rest[0]!.key, { content: 'prediction' }) : rest };
      });
      const { subject, second } = stores.metrics.getState();
      stores.metrics.setState({
        subject: subject === id ? 'prediction' : subject,
        second: second === id ? null : second,
      });
      stored.get(id)?.close();
      stored.delete(id);
      publish();
    },
  };

  function publish(): void {
    const list = [...stored].map(([id, { title }]) => ({ id, title }));
    stores.sources.setState({ stored: list });
  }
}
