import { SvelteMap, SvelteSet } from 'svelte/reactivity';

import type { Host } from '../host/host';
import type { TerminalSession } from '../terminal/session.svelte';
import { panes } from './panes';

/** The terminals of the open boards. Each lives, with its scrollback, until its board is closed. */
export class Terminals {
  readonly #sessions = new SvelteMap<string, TerminalSession>();
  readonly #wanted = new SvelteSet<string>();
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Makes a board's terminal, unless there is one or its board is closed before it can be made. */
  async open(board: string): Promise<void> {
    if (this.#wanted.has(board)) return;
    this.#wanted.add(board);
    const { TerminalSession } = await panes();
    if (this.#wanted.has(board) && !this.#sessions.has(board)) {
      this.#sessions.set(board, new TerminalSession(this.#host, board));
    }
  }

  /** A board's terminal where there is one already. */
  of(board: string | null): TerminalSession | undefined {
    return board === null ? undefined : this.#sessions.get(board);
  }

  drop(board: string): void {
    this.#wanted.delete(board);
    this.#sessions.get(board)?.dispose();
    this.#sessions.delete(board);
  }
}
