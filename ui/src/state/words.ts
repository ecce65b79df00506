import type { Board } from '../bindings/Board';
import type { BoardInfo } from '../bindings/BoardInfo';
import type { BoardState } from '../bindings/BoardState';
import type { I18n } from '../i18n/i18n.svelte';

/** The whole truth about a board's state in words: "Running main.py, 2 min 14 s". */
export function stateWords(i18n: I18n, state: BoardState, now: number): string {
  const t = i18n.t.state;
  const word = t.word[state.kind];
  switch (state.kind) {
    case 'connecting':
      return t.with(word, t.waitingFor[state.waitingFor]);
    case 'running':
      return t.running(state.name, Math.max(0, now - state.sinceMs));
    case 'busy':
      return t.with(word, state.name === null ? t.work[state.work] : t.workOn(t.work[state.work], state.name));
    case 'reconnecting':
      return t.with(word, t.attempt(state.attempt));
    case 'lost':
      return t.with(word, i18n.error(state.because).message);
    default:
      return word;
  }
}

/** The same of a board as it stands in a list. Of one on the network nobody knows whether it is there. */
export function boardWords(i18n: I18n, board: Board, now: number): string {
  return board.network && board.state.kind === 'absent' ? i18n.t.state.word.present : stateWords(i18n, board.state, now);
}

/** The short word beside a board. */
export function shortWord(i18n: I18n, board: Board, kind: BoardState['kind']): string {
  return i18n.t.state.short[board.network && kind === 'absent' ? 'present' : kind];
}

/** A target without what goes without saying: `192.168.1.57` for `ws://192.168.1.57:8266/`. */
export function shortTarget(target: string): string {
  return target.replace(/^(wss?:\/\/|serial:)/, '').replace(/\/$/, '').replace(/:8266$/, '');
}

/** What to call a board. */
export function boardTitle(i18n: I18n, board: Board): string {
  return board.demo ? i18n.t.boards.demo : board.title;
}

/** The second line of a board: where it is, or when it was here; of one on the network, which does not move, both. */
export function boardPlace(i18n: I18n, board: Board, now: number): string {
  // Where the address is the name already, it is not said twice.
  const place = board.network && board.place === board.title ? 'WebREPL' : board.place;
  if (board.state.kind !== 'absent') return place;
  const seen = board.lastSeenMs === null ? i18n.t.boards.neverSeen : i18n.t.seen(board.lastSeenMs, now);
  return board.network ? `${place} · ${seen}` : seen;
}

/** `MicroPython 1.27.0 · RP2040`, as far as it is known. */
export function firmware(board: Board): { name: string; chip: string } | null {
  if (!board.info) return null;
  const { machine, platform } = board.info;
  // `Raspberry Pi Pico W with RP2040`: the chip stands behind "with".
  const chip = / with (.+)$/.exec(machine)?.[1] ?? platform;
  return { name: firmwareName(board.info), chip };
}

/** `MicroPython 1.27.0` */
export function firmwareName({ implementation, version }: BoardInfo): string {
  const known: Record<string, string> = { micropython: 'MicroPython', circuitpython: 'CircuitPython' };
  return `${known[implementation] ?? implementation} ${version}`;
}
