import { SvelteMap, SvelteSet } from 'svelte/reactivity';

import type { AppError } from '../bindings/AppError';
import type { Board } from '../bindings/Board';
import type { ResetKind } from '../bindings/ResetKind';
import type { Host } from '../host/host';
import { toAppError } from '../shared/error';

/** Whether a board's line is ours, or we are trying to get it back. */
export function isOpen(board: Board): boolean {
  return board.state.kind !== 'absent' && board.state.kind !== 'present';
}

/** Whether it can be connected with one click. One on the network may be there; only trying tells. */
export function canConnect(board: Board): boolean {
  return board.state.kind === 'present' || (board.state.kind === 'absent' && board.network !== null);
}

/** Whether there is a line to it: a terminal, a prompt. */
export function hasLine(board: Board): boolean {
  return isOpen(board) && (board.state.kind !== 'connecting' || board.state.waitingFor === 'prompt');
}

/** Whether a board that was lost is waited for: unplugged ones are opened again by themselves when they are back. */
export function comesBack(board: Board): boolean {
  return board.state.kind === 'lost' && ['lost', 'no-port'].includes(board.state.because.code);
}

/** The boards and which of them the window follows. */
export class Boards {
  list = $state.raw<Board[]>([]);
  chosenId = $state<string | null>(null);
  /** Targets that are being opened because we asked. */
  readonly opening = new SvelteSet<string>();
  /** Why opening failed, by target, until the next try. */
  readonly failures = new SvelteMap<string, AppError>();
  readonly chosen = $derived(this.list.find((board) => board.id === this.chosenId) ?? null);
  readonly open = $derived(this.list.filter(isOpen));
  /** Called when a board's line comes, goes or a program on it ends, with the board before and after. */
  onchange: (before: Board | undefined, after: Board | undefined) => void = () => undefined;
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Takes the whole list, as the backend tells it. */
  hear(list: Board[]): void {
    const before = this.list;
    this.list = list;
    for (const board of list) this.onchange(before.find((other) => other.id === board.id), board);
    for (const gone of before) if (!list.some((board) => board.id === gone.id)) this.onchange(gone, undefined);
    const ours = list.find((board) => isOpen(board) && this.opening.has(board.target));
    if (ours) this.chosenId = ours.id;
    const chosen = this.chosen;
    if (!chosen || !isOpen(chosen)) this.chosenId = this.open[0]?.id ?? null;
    for (const board of this.open) {
      if (board.state.kind !== 'lost') this.failures.delete(board.target);
    }
  }

  find(id: string): Board | undefined {
    return this.list.find((board) => board.id === id);
  }

  /** Follows an open board. */
  choose(id: string): void {
    this.chosenId = id;
  }

  /** The whole target of what was typed. Null where it is none; `failures` then says why, under what was typed. */
  async complete(typed: string): Promise<string | null> {
    this.failures.delete(typed);
    try {
      return await this.#host.call('target_complete', { target: typed });
    } catch (thrown) {
      this.failures.set(typed, toAppError(thrown));
      return null;
    }
  }

  /** Opens the board at a target and follows it. False when it failed; `failures` then says why. */
  async connect(target: string): Promise<boolean> {
    if (this.opening.has(target)) return false;
    this.opening.add(target);
    this.failures.delete(target);
    try {
      const board = await this.#host.call('board_open', { target });
      if (!this.find(board.id)) this.hear([...this.list, board]);
      this.chosenId = board.id;
      return true;
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.code !== 'cancelled') this.failures.set(target, error);
      return false;
    } finally {
      this.opening.delete(target);
    }
  }

  disconnect(id: string): Promise<null> {
    return this.#host.call('board_close', { board: id });
  }

  forget(id: string): Promise<null> {
    return this.#host.call('board_forget', { board: id });
  }

  rename(id: string, name: string): Promise<null> {
    return this.#host.call('board_rename', { board: id, name });
  }

  forgetPassword(id: string): Promise<null> {
    return this.#host.call('password_forget', { board: id });
  }

  stop(id: string): Promise<null> {
    return this.#host.call('board_stop', { board: id });
  }

  reset(id: string, how: ResetKind, evenIfLost = false): Promise<null> {
    return this.#host.call('board_reset', { board: id, how, evenIfLost });
  }
}
