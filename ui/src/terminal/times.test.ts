import { describe, expect, it } from 'vitest';

import { ArrivalTimes, timeLabel } from './times';

describe('ArrivalTimes', () => {
  it('says for each line when it came', () => {
    const times = new ArrivalTimes();
    times.add(0, 1000);
    times.add(5, 2000);
    times.add(7, 3000);
    expect([0, 4, 5, 6, 7, 100].map((line) => times.at(line))).toEqual([1000, 1000, 2000, 2000, 3000, 3000]);
    expect(new ArrivalTimes().at(0)).toBeNull();
  });

  it('takes the last word about a line that is still empty, and leaves those above alone', () => {
    const times = new ArrivalTimes();
    times.add(2, 1000);
    times.add(3, 2000);
    times.add(3, 3000);
    times.add(1, 4000);
    expect([1, 2, 3].map((line) => times.at(line))).toEqual([null, 1000, 3000]);
  });

  it('forgets what is gone and stays right about the rest', () => {
    const times = new ArrivalTimes();
    for (let line = 0; line < 1000; line += 1) times.add(line, line);
    times.forgetBefore(990);
    expect(times.size).toBe(10);
    expect(times.at(990)).toBe(990);
  });

  it('follows lines to new numbers', () => {
    const times = new ArrivalTimes();
    times.add(0, 1000);
    times.add(10, 2000);
    times.renumber((line) => line * 2);
    expect(times.at(19)).toBe(1000);
    expect(times.at(20)).toBe(2000);
  });
});

describe('timeLabel', () => {
  it('has milliseconds and always twelve characters', () => {
    expect(timeLabel(new Date(2026, 0, 2, 3, 4, 5, 6).getTime())).toBe('03:04:05.006');
  });
});
