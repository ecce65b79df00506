import { describe, expect, it } from 'vitest';

import { exceptionLines, frameLinks } from './links';

describe('frameLinks', () => {
  it('finds the file and the line, underlined from the quote to the number', () => {
    const text = '  File "main.py", line 33, in <module>';
    const [link] = frameLinks(text, null);
    expect(link).toMatchObject({ path: 'main.py', line: 33 });
    expect(text.slice(link!.start, link!.end)).toBe('"main.py", line 33');
  });

  it('takes <stdin> for the program that was run, and nothing for nothing', () => {
    const text = '  File "<stdin>", line 2, in f';
    expect(frameLinks(text, 'main.py')).toMatchObject([{ path: 'main.py', line: 2 }]);
    expect(frameLinks(text, null)).toEqual([]);
    expect(frameLinks('  File "<string>", line 1', 'main.py')).toEqual([]);
  });

  it('finds several, in folders, with spaces and 中文', () => {
    const text = 'File "/lib/a b/温度.py", line 1 File "x.py", line 2';
    expect(frameLinks(text, null).map(({ path, line }) => [path, line])).toEqual([
      ['/lib/a b/温度.py', 1],
      ['x.py', 2],
    ]);
  });

  it('is not taken in by what only looks like one', () => {
    for (const text of ['File main.py, line 3', 'File "main.py", line x', 'File "main.py", line 0', 'file "a.py", line 1']) {
      expect(frameLinks(text, 'main.py')).toEqual([]);
    }
  });

  it('stays quick on a line made to slow it down', () => {
    const start = performance.now();
    frameLinks('File "'.repeat(20_000), null);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

describe('exceptionLines', () => {
  it('finds the line that ends a traceback', () => {
    const lines = ['ok', 'Traceback (most recent call last):', '  File "a.py", line 1, in <module>', 'OSError: [Errno 5] EIO', '>>> '];
    expect([...exceptionLines(lines)]).toEqual([3]);
  });

  it('finds those of several, and none without a head or an end', () => {
    const one = ['Traceback (most recent call last):', '  File "a.py", line 1, in f', 'KeyError: a'];
    expect([...exceptionLines([...one, ...one])]).toEqual([2, 5]);
    expect([...exceptionLines(['OSError: 5'])]).toEqual([]);
    expect([...exceptionLines(one.slice(0, 2))]).toEqual([]);
    expect([...exceptionLines([...one.slice(0, 2), '>>> '])]).toEqual([]);
  });
});
