import { expect, it } from 'vitest';

import { baseName, isWithin, join, moved, nameFault, parentOf } from './path';

it('takes paths apart and puts them together', () => {
  expect(baseName('/lib/bme280.py')).toBe('bme280.py');
  expect(parentOf('/lib/bme280.py')).toBe('/lib');
  expect(parentOf('/main.py')).toBe('/');
  expect(join('/', 'main.py')).toBe('/main.py');
  expect(join('/lib', '中文 name.py')).toBe('/lib/中文 name.py');
});

it('knows what lies in a folder, and not what only begins alike', () => {
  expect(isWithin('/lib/a.py', '/lib')).toBe(true);
  expect(isWithin('/library/a.py', '/lib')).toBe(false);
  expect(moved('/lib/a.py', '/lib', '/old')).toBe('/old/a.py');
  expect(moved('/library/a.py', '/lib', '/old')).toBe('/library/a.py');
});

it('finds names that cannot be', () => {
  expect(nameFault('  ')).toBe('empty');
  expect(nameFault('a/b')).toBe('slash');
  expect(nameFault('..')).toBe('dots');
  expect(nameFault('it’s “ok” \\ 😀.py')).toBeNull();
});
