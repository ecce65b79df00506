import type { AppError } from '../bindings/AppError';

/** A line in the status bar. It stays until the next one or until it is dismissed. */
export interface Notice {
  /** How it went. */
  level: 'ok' | 'warn' | 'bad';
  /** One sentence, in the language that was spoken when it happened. */
  text: string;
  /** The error behind it, for its help and details. */
  error?: AppError;
  /** What can be done right away. */
  action?: { label: string; run: () => void };
}

/** The one notice that is shown. */
export class Notices {
  current = $state.raw<Notice | null>(null);

  show(notice: Notice): void {
    this.current = notice;
  }

  ok(text: string): void {
    this.current = { level: 'ok', text };
  }

  dismiss(): void {
    this.current = null;
  }
}
