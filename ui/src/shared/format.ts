/** A size for people: 412 B, 3.9 kB, 612 kB, 1.2 MB. 1 kB is 1000 B. */
export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  let value = count;
  let unit = 0;
  // 999.6 kB would be rounded to "1000 kB".
  while (unit < units.length - 1 && Math.round(value) >= 1000) {
    value /= 1000;
    unit += 1;
  }
  const text = unit === 0 || value >= 99.95 ? String(Math.round(value)) : value.toFixed(1).replace(/\.0$/, '');
  return `${text} ${units[unit]}`;
}

/** The time of day with seconds, 24 h: 14:32:08. */
export function clockTime(ms: number): string {
  const date = new Date(ms);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(':');
}

/** The date as 2026-11-20, which every reader reads the same way. */
export function isoDate(ms: number): string {
  const date = new Date(ms);
  return `${date.getFullYear()}-${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())}`;
}

/** How many midnights lie between two moments, by the local calendar. */
export function daysBetween(earlier: number, later: number): number {
  const day = (ms: number) => new Date(ms).setHours(0, 0, 0, 0);
  return Math.round((day(later) - day(earlier)) / 86_400_000);
}

/** The parts of a duration that matter: the largest unit and the one below it. */
export function durationParts(ms: number): { unit: 'ms' | 's' | 'min' | 'h'; value: number }[] {
  if (ms < 1000) return [{ unit: 'ms', value: Math.max(0, Math.round(ms)) }];
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return [{ unit: 's', value: seconds }];
  if (seconds < 3600) {
    return [
      { unit: 'min', value: Math.floor(seconds / 60) },
      { unit: 's', value: seconds % 60 },
    ];
  }
  return [
    { unit: 'h', value: Math.floor(seconds / 3600) },
    { unit: 'min', value: Math.floor((seconds % 3600) / 60) },
  ];
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
