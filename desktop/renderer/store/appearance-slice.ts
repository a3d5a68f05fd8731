import type { StateCreator } from 'zustand';
import { remember } from './remember.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export type AppearanceSlice = {
  readonly theme: Theme;
  readonly paletteOpen: boolean;
  readonly keysOpen: boolean;
  setTheme(theme: Theme): void;
  setPaletteOpen(open: boolean): void;
  setKeysOpen(open: boolean): void;
};

const rememberedTheme = remember<Theme>('theme', (stored) => THEMES.find((theme) => theme === stored) ?? 'system');

export const createAppearanceSlice: StateCreator<AppearanceSlice> = (set) => ({
  theme: rememberedTheme.load(),
  paletteOpen: false,
  keysOpen: false,
  setTheme(theme) {
    rememberedTheme.save(theme);
    set({ theme });
  },
  setPaletteOpen: (paletteOpen) => set({ paletteOpen }),
  setKeysOpen: (keysOpen) => set({ keysOpen }),
});

/** The style sheet decides by this attribute; without it the system does. */
export function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}
