import { describe, expect, test, vi } from 'vitest';
import { type ActionPorts, createActions } from './actions.ts';
import type { Session } from './session.ts';
import { createStores } from './stores.ts';

function setUp() {
  const stores = createStores();
  const session = { setPlaying: vi.fn(), stepBy: vi.fn(), seek: vi.fn(async () => undefined) } as unknown as Session;
  const ports: ActionPorts = {
    openHelp: vi.fn(),
    openPalette: vi.fn(),
    openFiles: vi.fn(),
    saveFigure: vi.fn(),
    openExport: vi.fn(),
    metricsRun: { toggleClipRun: vi.fn() },
    copyText: vi.fn(async () => undefined),
    readAddress: () => 'here',
    isDark: () => true,
  };
  const actions = createActions(stores, session, ports);
  return { stores, session, ports, actions, run: (id: string) => actions.find((action) => action.id === id)!.run() };
}

describe('the table of actions', () => {
  test('no key and no id is used twice', () => {
    const { actions } = setUp();
    const keys = actions.flatMap((action) => action.keys.map((key) => key.toLowerCase()));
    expect(new Set(keys).size).toBe(keys.length);
    expect(new Set(actions.map(({ id }) => id)).size).toBe(actions.length);
    expect(actions.every((action) => action.keys.length > 0)).toBe(true);
  });

  test('playing, stepping and copying go to session and ports', () => {
    const { run, session, ports } = setUp();
    run('play');
    expect(session.setPlaying).toHaveBeenCalledWith(true);
    run('previous');
    expect(session.stepBy).toHaveBeenCalledWith(-1);
    run('copy-link');
    expect(ports.copyText).toHaveBeenCalledWith('here');
  });

  test('views and switches change the view store', () => {
    const { run, stores } = setUp();
    run('birds-eye');
    run('grid');
    run('palette');
    expect(stores.view.getState()).toMatchObject({
      preset: 'birds-eye',
      showGrid: false,
      palette: 'colour-blind-safe',
    });
  });

  test('cameras and truth that the clip does not have are not shown', () => {
    const { run, stores } = setUp();
    run('camera-5');
    run('truth');
    expect(stores.view.getState()).toMatchObject({ preset: 'chase', panes: [{ content: 'prediction' }] });
  });

  test('columns, swipe and peeking', () => {
    const { run, stores, actions } = setUp();
    const contents = () => stores.view.getState().panes.map(({ content }) => content);
    run('swipe');
    expect(stores.view.getState().layout, 'nothing to swipe to').toBe('columns');
    run('add-column');
    expect(contents(), 'a clip without truth').toEqual(['prediction', 'prediction']);
    run('remove-column');
    stores.clip.setState({ clip: { hasTruth: true, cameraNames: [] } as never });
    run('side-by-side');
    expect(contents()).toEqual(['prediction', 'truth', 'difference']);
    run('side-by-side');
    run('swipe');
    expect(contents()).toEqual(['prediction', 'truth']);
    expect(stores.view.getState().layout).toBe('swipe');
    run('remove-column');
    expect(stores.view.getState().layout).toBe('columns');
    run('peek');
    expect(stores.view.getState().isPeeking).toBe(true);
    actions.find(({ id }) => id === 'peek')!.release!();
    expect(stores.view.getState().isPeeking).toBe(false);
  });

  test('speed stays within its steps', () => {
    const { run, stores } = setUp();
    for (let count = 0; count < 9; count++) run('faster');
    expect(stores.playback.getState().speed).toBe(4);
    for (let count = 0; count < 9; count++) run('slower');
    expect(stores.playback.getState().speed).toBe(0.25);
  });
});
