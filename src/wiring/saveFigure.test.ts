import { describe, expect, test } from 'vitest';
import { OCC3D_CLASSES } from '../domain/classes.ts';
import { createPanes } from '../stores/panes.ts';
import { createStores } from '../stores/stores.ts';
import { describeFigure, placeLegend } from './saveFigure.ts';

describe('the still for a paper', () => {
  test('names what is shown, and a number only where the frame is measured', () => {
    const stores = createStores();
    stores.clip.setState({ clip: { title: 'A street', classes: OCC3D_CLASSES } as never });
    stores.view.setState({ panes: createPanes(['prediction', 'truth', 'difference']), hiddenClasses: new Set([0, 1]) });
    const words = describeFigure(stores);
    expect(words.titles).toEqual(['Prediction', 'Ground truth', 'Difference']);
    expect(words.caption).toBe('A street · frame 1');
    const names = words.legend.map(({ name }) => name);
    expect(names).toContain('missed');
    expect(names, 'a hidden class').not.toContain('barrier');
    expect(names.filter((name) => name === 'car')).toHaveLength(1);
    stores.metrics.setState({
      series: { id: 'miou', title: 'mIoU', unit: 'fraction', higherIsBetter: true, scores: new Map([[0, 0.318]]) },
    });
    expect(describeFigure(stores).caption).toBe('A street · frame 1 · mIoU 31.8 %');
  });

  test('legend entries wrap and stay inside the width', () => {
    const entries = ['one', 'two', 'three', 'four'].map((name) => ({ name, colour: 'red' }));
    const places = placeLegend(entries, 200, () => 50);
    expect(places.map(({ row }) => row)).toEqual([0, 0, 1, 1]);
    expect(places[2]!.x).toBe(places[0]!.x);
  });
});
