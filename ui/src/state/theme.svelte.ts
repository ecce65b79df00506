import type { SettingsState } from './settings.svelte';

/** Puts theme, language and text size on the root element, and follows the system where that was chosen. */
export function dressRoot(settings: SettingsState, language: () => string, root = document.documentElement): void {
  const dark = watch('(prefers-color-scheme: dark)');
  const contrast = watch('(prefers-contrast: more)');
  $effect(() => {
    const { theme, textScale } = settings.current;
    const system = contrast() ? 'contrast' : dark() ? 'dark' : 'light';
    root.dataset.theme = theme === 'system' ? system : theme;
    root.style.setProperty('--ui-scale', String(textScale / 100));
    root.lang = language();
    root.dataset.os = settings.about.os;
  });
}

function watch(query: string): () => boolean {
  const list = window.matchMedia(query);
  let matching = $state(list.matches);
  $effect(() => {
    const listen = (event: MediaQueryListEvent) => (matching = event.matches);
    list.addEventListener('change', listen);
    return () => list.removeEventListener('change', listen);
  });
  return () => matching;
}
