import type { ViewTheme } from './types.ts';

/** Colours of everything that is not a voxel, `#rrggbb`. */
export interface ThemeColours {
  readonly skyTop: string;
  readonly skyBottom: string;
  readonly floorLine: string;
  readonly ring: string;
  readonly text: string;
  readonly textHalo: string;
  readonly carBody: string;
  readonly carGlass: string;
  readonly past: string;
  readonly future: string;
  readonly cameras: string;
}

/** Neutral, slightly cool backgrounds: they tint no class colour and leave both themes' panels their contrast. */
export const THEMES: Readonly<Record<ViewTheme, ThemeColours>> = {
  dark: {
    skyTop: '#0b0d11',
    skyBottom: '#1d222b',
    floorLine: '#8793a8',
    ring: '#dfe7f5',
    text: '#e8edf6',
    textHalo: '#0b0d11',
    carBody: '#e9edf2',
    carGlass: '#1a2028',
    past: '#9aa5b8',
    future: '#4cc9ff',
    cameras: '#ffd166',
  },
  light: {
    skyTop: '#f7f9fc',
    skyBottom: '#dde3ec',
    floorLine: '#6b7688',
    ring: '#1c2430',
    text: '#1c2430',
    textHalo: '#f7f9fc',
    carBody: '#5a6779',
    carGlass: '#10141a',
    past: '#6b7688',
    future: '#0077c2',
    cameras: '#a05a00',
  },
};
