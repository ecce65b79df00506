import { describe, expect, it } from 'vitest';

import { lineEndsOf, linesOf, separatorOf } from './eol';

describe('line ends', () => {
  it('are told apart', () => {
    expect(lineEndsOf('')).toBe('lf');
    expect(lineEndsOf('a\nb\n')).toBe('lf');
    expect(lineEndsOf('a\r\nb\r\n')).toBe('crlf');
    expect(lineEndsOf('a\r\nb\n')).toBe('mixed');
    expect(lineEndsOf('a\rb')).toBe('mixed');
    expect(lineEndsOf('a\r\r\nb\r\n')).toBe('mixed');
  });

  it('come back as they were, whatever the text', () => {
    const pieces = ['a', '\r', '\n', '\r\n', '', '中', '🙂'];
    for (let seed = 0; seed < 2000; seed += 1) {
      let rest = seed * 7919;
      let text = '';
      for (let i = 0; i < 8; i += 1, rest = Math.floor(rest / 7) + seed) text += pieces[rest % 7];
      const ends = lineEndsOf(text);
      expect(linesOf(text, ends).join(separatorOf(ends))).toBe(text);
    }
  });
});
