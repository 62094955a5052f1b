import type { PageAction } from './pageAction.ts';
import { needsTruth, type PaneContent, readContent, writeModelId } from './paneContent.ts';
import { addPane, changePane, createPanes, removePane } from './panes.ts';
import { announce } from './statusStore.ts';
import type { Stores } from './stores.ts';

/** What a person can do to set prediction and truth side by side. */
export function listCompareActions(stores: Stores): PageAction[] {
  const group = 'Compare';
  const { view, clip, model } = stores;
  const hasTruth = () => clip.getState().clip?.hasTruth ?? false;
  /** Say why nothing happens where a clip has no truth. */
  const withTruth = (run: () => void) => () => {
    if (hasTruth()) run();
    else announce(stores.status, 'This clip has no ground truth.');
  };
  const withMemory = (run: (address: string) => void) => () => {
    const { card } = model.getState();
    if (card?.hasMemory) run(card.address);
    else announce(stores.status, 'The open network has no memory.');
  };
  const showFirst = (content: PaneContent) =>
    view.setState(({ panes }) => ({ panes: changePane(panes, panes[0]!.key, { content }) }));
  return [
    {
      id: 'truth',
      group,
      title: 'Ground truth or prediction in the first column',
      keys: ['T'],
      run: withTruth(() => showFirst(view.getState().panes[0]?.content === 'truth' ? 'prediction' : 'truth')),
    },
    {
      id: 'difference',
      group,
      title: 'Difference or prediction in the first column',
      keys: ['X'],
      run: withTruth(() => showFirst(view.getState().panes[0]?.content === 'difference' ? 'prediction' : 'difference')),
    },
    {
      id: 'peek',
      group,
      title: 'Peek at the ground truth while held',
      keys: ['Z'],
      run: withTruth(() => view.setState({ isPeeking: true })),
      release: () => view.setState({ isPeeking: false }),
    },
    {
      id: 'side-by-side',
      group,
      title: 'Prediction, ground truth and difference side by side, or the prediction alone',
      keys: ['B'],
      run: withTruth(() => {
        const isAlone = view.getState().panes.length === 1;
        view.setState({
          panes: createPanes(isAlone ? ['prediction', 'truth', 'difference'] : ['prediction']),
          layout: 'columns',
        });
      }),
    },
    {
      id: 'add-column',
      group,
      title: 'One more column',
      keys: ['N'],
      run: () =>
        view.setState(({ panes }) => ({
          panes: hasTruth() ? addPane(panes) : addPane(panes, 'prediction'),
          layout: 'columns',
        })),
    },
    {
      id: 'memory',
      group,
      title: 'What the memory holds, in one more column',
      keys: ['Shift+K'],
      run: withMemory(() =>
        view.setState(({ panes }) => {
          const open = panes.find(({ content }) => readContent(content).kind === 'memory');
          return open ? { panes: removePane(panes, open.key) } : { panes: addPane(panes, 'memory'), layout: 'columns' };
        }),
      ),
    },
    {
      id: 'memory-off',
      group,
      title: 'With and without memory side by side, and what it holds',
      keys: ['Shift+B'],
      run: withMemory((address) =>
        view.setState({
          panes: createPanes(['prediction', writeModelId(address, 'off'), 'memory']),
          layout: 'columns',
        }),
      ),
    },
    {
      id: 'other-model',
      group,
      title: 'Another network in one more column',
      keys: ['Shift+X'],
      run: () => {
        const { choices, card } = model.getState();
        const other = choices.find(({ id, isHidden }) => !isHidden && id !== card?.address);
        if (other)
          view.setState(({ panes }) => ({ panes: addPane(panes, writeModelId(other.id, 'moved')), layout: 'columns' }));
        else announce(stores.status, 'This site offers no other network.');
      },
    },
    {
      id: 'remove-column',
      group,
      title: 'Close the last column',
      keys: ['Shift+N'],
      run: () =>
        view.setState(({ panes }) => {
          const next = removePane(panes, panes.at(-1)!.key);
          return { panes: next, layout: next.length < 2 ? 'columns' : view.getState().layout };
        }),
    },
    {
      id: 'swipe',
      group,
      title: 'Swipe between two views, or columns again',
      keys: ['I'],
      run: () => toggleSwipe(stores),
    },
    {
      id: 'link',
      group,
      title: 'Link the cameras or cut the link',
      keys: ['K'],
      run: () => view.setState(({ areCamerasLinked }) => ({ areCamerasLinked: !areCamerasLinked })),
    },
    {
      id: 'mask',
      group,
      title: 'Judge only what cameras see, or everything',
      keys: ['Y'],
      run: () => view.setState(({ isMasked }) => ({ isMasked: !isMasked })),
    },
  ];
}

/** Lay the first two panes over each other, with one more where there is only one; or put them side by side again. */
export function toggleSwipe({ view, clip }: Stores): void {
  view.setState(({ panes, layout }) => {
    if (layout === 'swipe') return { layout: 'columns' };
    const hasTruth = clip.getState().clip?.hasTruth ?? false;
    if (panes.length > 1) return { layout: 'swipe' };
    if (!hasTruth) return {};
    const content = needsTruth(panes[0]!.content) ? 'prediction' : 'truth';
    return { panes: addPane(panes, content), layout: 'swipe' };
  });
}
