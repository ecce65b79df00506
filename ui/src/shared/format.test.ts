import { describe, expect, it } from 'vitest';

import { bytes, daysBetween, durationParts } from './format';

describe('bytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1 kB'],
    [3900, '3.9 kB'],
    [99_949, '99.9 kB'],
    [611_600, '612 kB'],
    [999_600, '1 MB'],
    [1_200_000, '1.2 MB'],
    [2_000_000_000, '2 GB'],
  ])('%i is %s', (count, shown) => expect(bytes(count)).toBe(shown));
});

describe('durations', () => {
  it('show the two parts that matter', () => {
    expect(durationParts(38)).toEqual([{ unit: 'ms', value: 38 }]);
    expect(durationParts(59_999)).toEqual([{ unit: 's', value: 59 }]);
    expect(durationParts(3_600_000)).toEqual([
      { unit: 'h', value: 1 },
      { unit: 'min', value: 0 },
    ]);
  });

  it('count midnights, not hours', () => {
    const late = new Date(2026, 10, 19, 23, 50).getTime();
    const early = new Date(2026, 10, 20, 0, 10).getTime();
    expect(daysBetween(late, early)).toBe(1);
    expect(daysBetween(early, early + 3_600_000)).toBe(0);
  });
});
