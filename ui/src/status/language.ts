import type { Language } from '../bindings/Language';
import { en } from '../i18n/en';
import { zhCN } from '../i18n/zh-CN';
import type { App } from '../state/app.svelte';
import type { MenuEntry } from '../state/menus.svelte';

/** Each language by its own name, so that it is found in any. */
export function languageMenu(app: App): MenuEntry[] {
  const choice = (language: Language, label: string): MenuEntry => ({
    label,
    checked: app.settings.current.language === language,
    testid: `language-${language}`,
    run: () => app.settings.set({ language }),
  });
  return [choice('system', app.i18n.t.settings.languageSystem), choice('en', en.languageName), choice('zh-CN', zhCN.languageName)];
}

/** What a file's name says it is written in; null for plain text. */
export function languageName(name: string): string | null {
  const ending = /\.(\w+)$/.exec(name)?.[1]?.toLowerCase();
  const known: Record<string, string> = { py: 'Python', pyi: 'Python', json: 'JSON' };
  return (ending && known[ending]) ?? null;
}
