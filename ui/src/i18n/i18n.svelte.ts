import type { AppError } from '../bindings/AppError';
import type { Language } from '../bindings/Language';
import { en, type Dictionary } from './en';
import { errorsZh } from './errors.zh-CN';
import { zhCN } from './zh-CN';

/** The languages the window speaks. */
export type Spoken = Exclude<Language, 'system'>;

const dictionaries: Record<Spoken, Dictionary> = { en, 'zh-CN': zhCN };

/** The words of the window in the language that is chosen. */
export class I18n {
  language = $state<Spoken>('en');
  readonly t = $derived(dictionaries[this.language]);

  /**
   * An error in the chosen language. English is what the backend says. Other languages translate by code; then
   * the backend's own sentence, which names ports and files, is kept as the first line of the detail.
   */
  error(error: AppError): AppError {
    const words = this.language === 'zh-CN' ? errorsZh[error.code] : undefined;
    if (!words) return error;
    const detail = [error.message, error.detail].filter((line) => line !== '').join('\n');
    return { ...error, message: words.message, help: words.help, detail };
  }
}

/** The language to speak, given the person's choice and the system's language tag. */
export function spokenLanguage(chosen: Language, system: string): Spoken {
  if (chosen !== 'system') return chosen;
  return /^zh\b/i.test(system) ? 'zh-CN' : 'en';
}

/**
 * The browser's language tag, or English where there is none: without LANG, WebKitGTK says "C", which is not a tag
 * and makes every `Intl` constructor throw.
 */
export function browserLanguage(tag: string | undefined = globalThis.navigator?.language): string {
  return tag !== undefined && /^[a-z]{2,3}(-[a-z0-9]+)*$/i.test(tag) ? tag : 'en';
}
