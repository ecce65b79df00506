import { describe, expect, it } from 'vitest';

import type { BoardState } from '../bindings/BoardState';
import { decidePaste } from './paste';

const ready: BoardState = { kind: 'ready' };
const running: BoardState = { kind: 'running', name: 'main.py', sinceMs: 0 };

describe('decidePaste', () => {
  it('types one line, wherever', () => {
    expect(decidePaste('print(1)', ready)).toEqual({ kind: 'type', data: 'print(1)' });
    expect(decidePaste('yes\n', running)).toEqual({ kind: 'type', data: 'yes\r' });
  });

  it('sends lines at a prompt through paste mode', () => {
    expect(decidePaste('if a:\r\n    b\n', ready)).toEqual({ kind: 'pasteMode', data: 'if a:\r    b\r' });
  });

  it('asks before lines go into a running program', () => {
    expect(decidePaste('1\n2\n3', running)).toEqual({ kind: 'ask', data: '1\r2\r3', lines: 3 });
  });

  it('lets no control character through but tab and the end of a line', () => {
    expect(decidePaste('\ta\x03\x04\x1b[201~\x00\x7f\x9bb', ready)).toEqual({ kind: 'type', data: '\ta[201~b' });
    expect(decidePaste('\x04', ready)).toEqual({ kind: 'nothing' });
  });

  it('keeps 中文 and emoji', () => {
    expect(decidePaste("'温度🙂'", ready)).toEqual({ kind: 'type', data: "'温度🙂'" });
  });

  it('refuses what one call cannot take', () => {
    expect(decidePaste('x'.repeat(400_000), ready).kind).toBe('tooLong');
  });
});
