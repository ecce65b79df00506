import { describe, expect, it } from 'vitest';

import { detectIndentation } from './indentation';

const detect = (text: string) => detectIndentation(text.split('\n'));
const spaces = (count: number) => ({ kind: 'spaces', count });

describe('detectIndentation', () => {
  it('finds what the file uses', () => {
    expect(detect('if a:\n  b\n  if c:\n    d\n')).toEqual(spaces(2));
    expect(detect('def f():\n    if a:\n        return\n')).toEqual(spaces(4));
    expect(detect('if a:\n\tb\n\tif c:\n\t\td\n')).toEqual({ kind: 'tab' });
    expect(detect('def f():\n   a\n\ndef g():\n   b\n')).toEqual(spaces(3));
  });

  it('is four spaces where the file does not say', () => {
    expect(detect('')).toEqual(spaces(4));
    expect(detect('a = 1\nb = 2\n')).toEqual(spaces(4));
  });

  it('is not misled by alignment, comments and blank lines', () => {
    expect(detect('x = call(1,\n         2)\nif a:\n    b\n')).toEqual(spaces(4));
    expect(detect('if a:\n  # two\n\n    b\n')).toEqual(spaces(4));
  });
});
