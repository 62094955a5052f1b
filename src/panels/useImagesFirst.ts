import { useEffect, useState } from 'react';
import { areImagesShown } from '../stores/clipStore.ts';
import { usePageState } from '../stores/page.tsx';

/** Longest wait for images before the 3D view is set up beside them, milliseconds. */
const patience = 4000;

/** False until the camera images are on screen: setting up the 3D view keeps the browser busy. Once true, it stays true. */
export function useImagesFirst(): boolean {
  const areShown = usePageState('clip', areImagesShown);
  const hasStrip = usePageState('view', (state) => state.showCameraImages);
  const [isDone, setDone] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setDone(true), patience);
    return () => clearTimeout(timer);
  }, []);
  useEffect(() => {
    if (areShown || !hasStrip) setDone(true);
  }, [areShown, hasStrip]);
  return isDone;
}
