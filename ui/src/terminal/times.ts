/**
 * When the lines of a terminal came. Lines are counted from the session's first one and never renumbered, however many
 * fall out of the scrollback; one entry stands for all lines up to the next.
 */
export class ArrivalTimes {
  #entries: { line: number; ms: number }[] = [];

  /** Lines from `line` on, where nothing stands yet, come at `ms`, until a later call says otherwise. */
  add(line: number, ms: number): void {
    const last = this.#entries.at(-1);
    // The cursor went up: what stands there came before.
    if (last && line < last.line) return;
    if (last?.line === line) last.ms = ms;
    else if (last?.ms !== ms) this.#entries.push({ line, ms });
  }

  /** When `line` came; null when it is not known. */
  at(line: number): number | null {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#entries[middle]!.line <= line) low = middle + 1;
      else high = middle;
    }
    return this.#entries[low - 1]?.ms ?? null;
  }

  /** Lines before `first` are gone. */
  forgetBefore(first: number): void {
    let drop = 0;
    while (drop + 1 < this.#entries.length && this.#entries[drop + 1]!.line <= first) drop += 1;
    if (drop > 0) this.#entries.splice(0, drop);
  }

  /** Renumbers after the terminal broke its lines anew. `where` gives a line's new number. */
  renumber(where: (line: number) => number): void {
    const moved = this.#entries.map(({ line, ms }) => ({ line: where(line), ms }));
    this.#entries = moved.filter((entry, index) => index === 0 || entry.line > moved[index - 1]!.line);
  }

  get size(): number {
    return this.#entries.length;
  }
}

/** 14:32:08.042 */
export function timeLabel(ms: number): string {
  const date = new Date(ms);
  const two = (value: number) => String(value).padStart(2, '0');
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${clock}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}
