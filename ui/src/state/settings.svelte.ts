import type { About } from '../bindings/About';
import type { Settings } from '../bindings/Settings';
import type { Host } from '../host/host';
import { browserLanguage, spokenLanguage, type I18n } from '../i18n/i18n.svelte';

export const LIMITS = {
  textScale: { least: 80, most: 200, step: 10 },
  sideBar: { least: 200, most: 400, step: 8 },
  panel: { least: 10, most: 70, step: 2 },
};

const DEFAULTS: Settings = { theme: 'system', language: 'system', textScale: 100, sideBar: 264, panel: 35, timestamps: false };

/** Dragging a divider changes a setting with every move; it is written once the hand rests. */
const WRITE_AFTER = 400; // ms

/** What the person chose, applied to the page and written back. */
export class SettingsState {
  current = $state.raw<Settings>(DEFAULTS);
  about = $state.raw<About>({ version: '', os: '', systemLanguage: browserLanguage() });
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #host: Host;
  readonly #i18n: I18n;
  readonly #failed: (thrown: unknown) => void;

  constructor(host: Host, i18n: I18n, failed: (thrown: unknown) => void) {
    this.#host = host;
    this.#i18n = i18n;
    this.#failed = failed;
  }

  /** Reads what was chosen and what the system says. */
  async load(): Promise<void> {
    const [settings, about] = await Promise.all([this.#host.call('settings_get', {}), this.#host.call('about', {})]);
    this.about = { ...about, systemLanguage: browserLanguage(about.systemLanguage) };
    this.#apply({ ...DEFAULTS, ...settings });
  }

  /** Changes some settings, now on the page and soon in the file. */
  set(change: Partial<Settings>): void {
    this.#apply({ ...this.current, ...change });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), WRITE_AFTER);
  }

  /** Writes what has not been written yet. */
  async flush(): Promise<void> {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    try {
      await this.#host.call('settings_set', this.current);
    } catch (thrown) {
      this.#failed(thrown);
    }
  }

  /** Larger or smaller text by steps of 10 %. */
  zoom(steps: number): void {
    this.set({ textScale: this.current.textScale + steps * LIMITS.textScale.step });
  }

  #apply(settings: Settings): void {
    this.current = {
      ...settings,
      textScale: within(settings.textScale, LIMITS.textScale),
      sideBar: within(settings.sideBar, LIMITS.sideBar),
      panel: within(settings.panel, LIMITS.panel),
    };
    this.#i18n.language = spokenLanguage(settings.language, this.about.systemLanguage);
  }
}

function within(value: number, { least, most }: { least: number; most: number }): number {
  return Math.min(most, Math.max(least, Math.round(value)));
}
