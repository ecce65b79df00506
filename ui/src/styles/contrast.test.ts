import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

// Vitest gives style sheets as empty strings.
const tokens = readFileSync('src/styles/tokens.css', 'utf8');

type Theme = Map<string, string>;

/** Foreground, background and the least ratio (WCAG 2): 4.5 for text, 3 for shapes that carry a meaning. */
const PAIRS: [string, string[], number][] = [
  ['text', ['bg-chrome', 'bg-surface', 'bg-raised', 'bg-hover', 'bg-selected', 'bad-mark', 'ok-mark', 'bad-soft', 'ok-soft', 'warn-soft'], 4.5],
  ['text-2', ['bg-chrome', 'bg-surface', 'bg-raised', 'bg-hover', 'bg-selected', 'bg-sunken'], 4.5],
  ['text-3', ['bg-chrome', 'bg-surface', 'bg-raised', 'bg-sunken', 'bg-line', 'bg-hover'], 4.5],
  ['accent', ['bg-chrome', 'bg-surface', 'bg-raised', 'bg-selected', 'accent-soft'], 4.5],
  ['on-accent', ['accent-fill', 'accent-fill-hover'], 4.5],
  ['ok', ['bg-chrome', 'bg-surface', 'ok-soft'], 4.5],
  ['warn', ['bg-chrome', 'bg-surface', 'warn-soft'], 4.5],
  ['bad', ['bg-chrome', 'bg-surface', 'bg-raised', 'bad-soft'], 4.5],
  ['line-control', ['bg-surface', 'bg-chrome', 'bg-raised'], 3],
  ['accent-fill', ['bg-surface', 'bg-chrome'], 3],
  ['focus', ['bg-surface', 'bg-chrome', 'bg-raised'], 3],
  ['text-off', ['bg-chrome', 'bg-surface'], 3],
  ...['keyword', 'string', 'number', 'name', 'builtin', 'comment'].map(
    (name): [string, string[], number] => [`syn-${name}`, ['bg-surface', 'bg-line'], 4.5],
  ),
];

describe('contrast of the tokens', () => {
  for (const [name, theme] of themes(tokens)) {
    it(`is enough in ${name}`, () => expect(failures(theme)).toEqual([]));
  }

  it('finds a pair that is too weak', () => {
    const weak = new Map(themes(tokens).get('light')).set('text-3', '#A0A0A0');
    expect(failures(weak)).toContain('text-3 on bg-surface is 2.61, not 4.5');
  });

  it('knows the ends of the scale', () => {
    expect(ratio('#000000', '#FFFFFF')).toBeCloseTo(21, 2);
    expect(ratio('#777777', '#777777')).toBe(1);
  });
});

function failures(theme: Theme): string[] {
  return PAIRS.flatMap(([front, backs, least]) =>
    backs.flatMap((back) => {
      const found = ratio(colour(theme, front), colour(theme, back));
      return found >= least ? [] : [`${front} on ${back} is ${found.toFixed(2)}, not ${least}`];
    }),
  );
}

function colour(theme: Theme, name: string): string {
  const value = theme.get(name);
  if (!value) throw new Error(`no token ${name}`);
  return value;
}

function ratio(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** Relative luminance as WCAG 2 defines it. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const channel = parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function themes(css: string): Map<string, Theme> {
  const found = new Map<string, Theme>();
  for (const [, name, body] of css.matchAll(/\[data-theme="(\w+)"\] \{([^}]*color-scheme[^}]*)\}/g)) {
    found.set(name as string, new Map([...(body as string).matchAll(/--([\w-]+): (#\w{6})/g)].map(([, token, value]) => [token as string, value as string])));
  }
  if (found.size !== 3) throw new Error(`found ${found.size} themes in tokens.css`);
  return found;
}
