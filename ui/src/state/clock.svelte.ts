/** The time, for words such as "2 min 14 s". It ticks only while something needs it: an idle window does nothing. */
export class Clock {
  now = $state(Date.now());
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Ticks each second, or stands still. */
  run(needed: boolean): void {
    if (needed === (this.#timer !== undefined)) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    if (!needed) return;
    this.now = Date.now();
    this.#timer = setInterval(() => (this.now = Date.now()), 1000);
  }
}
