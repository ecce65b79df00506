import { describe, expect, it } from 'vitest';

import { keyUse } from './keys';

function key(chord: string) {
  const parts = chord.split('+');
  const name = parts.pop()!;
  return {
    key: name,
    code: name === '`' ? 'Backquote' : '',
    ctrlKey: parts.includes('Ctrl'),
    shiftKey: parts.includes('Shift'),
    altKey: parts.includes('Alt'),
    metaKey: parts.includes('Meta'),
  };
}
const use = (chord: string, selected = false, mac = false) => keyUse(key(chord), selected, mac);

describe('keyUse', () => {
  it('leaves the window its shortcuts', () => {
    for (const chord of ['F5', 'Shift+F5', 'F6', 'Ctrl+Shift+P', 'Ctrl+`', 'Ctrl+Shift+D', 'Ctrl+Shift+S']) {
      expect([chord, use(chord)]).toEqual([chord, 'window']);
    }
  });

  it("gives the board the REPL's keys", () => {
    for (const chord of ['a', 'Enter', 'Tab', 'ArrowUp', 'Backspace', 'Ctrl+a', 'Ctrl+b', 'Ctrl+d', 'Ctrl+e', 'Ctrl+p', 'Alt+b', 'Shift+A']) {
      expect([chord, use(chord)]).toEqual([chord, 'board']);
    }
  });

  it('copies with Ctrl-C only what is selected', () => {
    expect(use('Ctrl+c', true)).toBe('copy');
    expect(use('Ctrl+c', false)).toBe('board');
    expect(use('Ctrl+Shift+C', true)).toBe('copy');
  });

  it('pastes in all the ways people know', () => {
    for (const chord of ['Ctrl+v', 'Ctrl+Shift+V', 'Shift+Insert']) expect(use(chord)).toBe('paste');
  });

  it('knows a Mac', () => {
    expect(use('Meta+c', false, true)).toBe('copy');
    expect(use('Meta+v', false, true)).toBe('paste');
    expect(use('Meta+Shift+P', false, true)).toBe('window');
    for (const chord of ['Ctrl+c', 'Ctrl+v', 'Ctrl+p', 'Ctrl+s']) expect(use(chord, true, true)).toBe('board');
  });
});
