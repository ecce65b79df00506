/** The parts of the window that F6 goes round, in the order of the screen. Each is marked with `data-region`. */
export const REGIONS = ['toolbar', 'sidebar', 'tabs', 'editor', 'panel', 'status'] as const;

const STOPS = [
  '[tabindex="0"]',
  'textarea',
  'input',
  '[contenteditable="true"]',
  'button:not([tabindex="-1"]):not(:disabled)',
  'a[href]',
];

/** Moves the focus to the next part that has something to focus. */
export function nextRegion(by: 1 | -1, root: ParentNode = document): void {
  const shown = REGIONS.map((name) => root.querySelector<HTMLElement>(`[data-region="${name}"]`)).filter(
    (region) => region !== null,
  );
  const now = shown.findIndex((region) => region.contains(document.activeElement));
  for (let step = 1; step <= shown.length; step += 1) {
    const from = now < 0 ? (by === 1 ? -1 : 0) : now;
    const region = shown[(from + by * step + shown.length * 2) % shown.length];
    const stop = region && firstStop(region);
    if (stop) return stop.focus();
  }
}

/** What Tab would reach first in a region; where typing goes before buttons. */
function firstStop(region: HTMLElement): HTMLElement | null {
  const typing = region.querySelector<HTMLElement>('.cm-content, .xterm-helper-textarea');
  return typing ?? region.querySelector<HTMLElement>(STOPS.join(','));
}
