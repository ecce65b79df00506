import { describe, expect, it } from 'vitest';

import { TerminalText } from './text';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('TerminalText', () => {
  it('puts characters together that were cut anywhere', () => {
    const text = new TerminalText();
    const shown = [...bytes('温度🙂é')].map((byte) => text.decode(Uint8Array.of(byte))).join('');
    expect(shown).toBe('温度🙂é');
  });

  it('shows what is no UTF-8', () => {
    expect(new TerminalText().decode(Uint8Array.of(0x41, 0xff, 0x42))).toBe('A\ufffdB');
  });

  it('leaves ordinary writing alone', () => {
    const writing = 'Việt नमस्ते שָׁלוֹם 👩‍👩‍👧 한국어 e\u0301\r\n';
    expect(new TerminalText().decode(bytes(writing))).toBe(writing);
  });

  it('takes no marks without end, in whatever pieces they come', () => {
    const whole = new TerminalText();
    expect(whole.decode(bytes('e' + '\u0301'.repeat(100_000) + 'x')).length).toBe(18);
    const pieces = new TerminalText();
    let shown = pieces.decode(bytes('e'));
    for (let i = 0; i < 1000; i += 1) shown += pieces.decode(bytes('\u0301\u200d'));
    expect(shown.length).toBe(17);
    expect(pieces.decode(bytes('o\u0301'))).toBe('o\u0301');
  });

  it('is quick about text that cannot join, and about text that could', () => {
    const text = new TerminalText();
    const megabytes = [bytes('temp:21.88 target:22.0\r\n'.repeat(40_000)), bytes('温度二十一度\r\n'.repeat(50_000))];
    const start = performance.now();
    for (const block of megabytes) text.decode(block);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
