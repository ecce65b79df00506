import { describe, expect, it } from 'vitest';

import { freeInTerminal, matches, shown } from './keys';

const key = (init: KeyboardEventInit) => new KeyboardEvent('keydown', init);

describe('shortcuts', () => {
  it('mean Ctrl, and ⌘ on macOS', () => {
    const ctrlS = key({ key: 's', ctrlKey: true });
    const metaS = key({ key: 's', metaKey: true });
    expect(matches(ctrlS, 'Mod+S', false)).toBe(true);
    expect(matches(metaS, 'Mod+S', false)).toBe(false);
    expect(matches(metaS, 'Mod+S', true)).toBe(true);
    expect(matches(ctrlS, 'Mod+S', true)).toBe(false);
  });

  it('take no key with more modifiers than they name', () => {
    expect(matches(key({ key: 'F5', shiftKey: true }), 'F5', false)).toBe(false);
    expect(matches(key({ key: 'P', ctrlKey: true, shiftKey: true }), 'Mod+P', false)).toBe(false);
    expect(matches(key({ key: 'P', ctrlKey: true, shiftKey: true }), 'Mod+Shift+P', false)).toBe(true);
  });

  it('know the key left of 1 on every keyboard, and plus', () => {
    expect(matches(key({ key: 'ö', code: 'Backquote', ctrlKey: true }), 'Ctrl+`', false)).toBe(true);
    expect(matches(key({ key: '+', ctrlKey: true }), 'Mod++', false)).toBe(true);
  });

  it('are shown as the system shows them', () => {
    expect(shown('Mod+Shift+P', false)).toBe('Ctrl+Shift+P');
    expect(shown('Mod+Shift+P', true)).toBe('⇧⌘P');
  });

  it('leave Ctrl with a letter to the board while its terminal has the focus', () => {
    expect(['Mod+S', 'Mod+P', 'Mod+N', 'Mod+W'].filter((keys) => freeInTerminal(keys, false))).toEqual([]);
    expect(['F5', 'Shift+F5', 'F6', 'Mod+Shift+P', 'Ctrl+`'].filter((keys) => !freeInTerminal(keys, false))).toEqual([]);
    expect(freeInTerminal('Mod+S', true)).toBe(true);
  });
});
