import type { ITheme } from '@xterm/xterm';

/** The colours of the window's theme as `#RRGGBB`, which is all that xterm's decorations take. */
export interface Palette {
  theme: ITheme;
  accent: string;
  bad: string;
  match: string;
  activeMatch: string;
}

/** The type of the terminal, from the tokens, in pixels. */
export interface Type {
  family: string;
  size: number;
  /** Height of a row. */
  row: number;
}

/**
 * The ANSI colours are the tokens nearest to them: their contrast with the surface is known. Bright ones are the same,
 * for a board that says "bright green" wants green, not one that cannot be read on white.
 */
export function readPalette(element: HTMLElement): Palette {
  const of = tokenReader(element);
  const text = of('--text', '#1D1D1B');
  const surface = of('--bg-surface', '#FFFFFF');
  const quiet = of('--text-3', '#696964');
  const off = of('--text-off', '#8B8B85');
  const accent = of('--accent', '#0B5FA5');
  const bad = of('--bad', '#B3261E');
  const ok = of('--ok', '#1A7640');
  const warn = of('--warn', '#8A5700');
  const magenta = of('--syn-keyword', '#7A3E9D');
  const cyan = of('--syn-builtin', '#0A656E');
  const slider = of('--line-control', '#8B8B85');
  const soft = of('--accent-soft', '#E4EEF8');
  const selected = of('--bg-selected', '#DDE9F4');
  return {
    accent,
    bad,
    match: soft,
    activeMatch: selected,
    theme: {
      foreground: text,
      background: surface,
      cursor: text,
      cursorAccent: surface,
      selectionBackground: selected,
      selectionInactiveBackground: selected,
      scrollbarSliderBackground: `${slider}73`,
      scrollbarSliderHoverBackground: `${slider}B3`,
      scrollbarSliderActiveBackground: slider,
      black: text,
      red: bad,
      green: ok,
      yellow: warn,
      blue: accent,
      magenta,
      cyan,
      white: quiet,
      brightBlack: off,
      brightRed: bad,
      brightGreen: ok,
      brightYellow: warn,
      brightBlue: accent,
      brightMagenta: magenta,
      brightCyan: cyan,
      brightWhite: text,
    },
  };
}

export function readType(element: HTMLElement): Type {
  const style = getComputedStyle(element);
  const scale = Number.parseFloat(style.getPropertyValue('--ui-scale')) || 1;
  const family = style.getPropertyValue('--font-mono').trim() || 'monospace';
  return { family, size: 13 * scale, row: Math.round(18 * scale) };
}

/** Calls `changed` whenever the theme, the text size or the language may have become another. */
export function watchTheme(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true });
  const media = ['(prefers-color-scheme: dark)', '(prefers-contrast: more)', '(forced-colors: active)'];
  const lists = media.map((query) => matchMedia(query));
  for (const list of lists) list.addEventListener('change', changed);
  return () => {
    observer.disconnect();
    for (const list of lists) list.removeEventListener('change', changed);
  };
}

/** Under forced colours a token is a name such as `CanvasText`; the browser resolves it on a real element. */
function tokenReader(element: HTMLElement): (token: string, fallback: string) => string {
  const style = getComputedStyle(element);
  return (token, fallback) => {
    const value = style.getPropertyValue(token).trim();
    if (/^#[0-9a-f]{6}$/i.test(value)) return value;
    const probe = document.createElement('span');
    probe.style.color = value;
    element.append(probe);
    const channels = /^rgba?\((\d+),\s*(\d+),\s*(\d+)/.exec(getComputedStyle(probe).color);
    probe.remove();
    if (value === '' || !channels) return fallback;
    return `#${channels.slice(1, 4).map((channel) => Number(channel).toString(16).padStart(2, '0')).join('')}`;
  };
}
