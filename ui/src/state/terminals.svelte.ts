import { SvelteMap } from 'svelte/reactivity';

import type { Host } from '../host/host';
import { TerminalSession } from '../terminal/session.svelte';

/** The terminals of the open boards. Each lives, with its scrollback, until its board is closed. */
export class Terminals {
  readonly #sessions = new SvelteMap<string, TerminalSession>();
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  /** A board's terminal, made when it is first asked for. */
  of(board: string): TerminalSession {
    const known = this.#sessions.get(board);
    if (known) return known;
    const made = new TerminalSession(this.#host, board);
    this.#sessions.set(board, made);
    return made;
  }

  /** A board's terminal where there is one already. */
  peek(board: string | null): TerminalSession | undefined {
    return board === null ? undefined : this.#sessions.get(board);
  }

  drop(board: string): void {
    this.#sessions.get(board)?.dispose();
    this.#sessions.delete(board);
  }
}
