import type { Board } from '../bindings/Board';
import type { Question } from '../bindings/Question';
import type { WaitingFor } from '../bindings/WaitingFor';
import type { App } from './app.svelte';

/** A question of a board that is being opened. */
export interface Asked {
  board: Board;
  question: Question;
  /** The answer is under way: the board, or the computer, has to look at it. */
  sent: boolean;
}

/** What a connection waits for until a proxy has taken a name and a password, or not. */
const AT_PROXY: readonly WaitingFor[] = ['name', 'tcp', 'tunnel', 'proxy-password', 'key-store'];

/** Whether an answer that was sent is still being looked at. */
function isJudged(question: Question, waitingFor: WaitingFor): boolean {
  return question.kind === 'proxy' ? AT_PROXY.includes(waitingFor) : waitingFor !== 'prompt';
}

/** What boards want to know before they can be opened. One question at a time is in front. */
export class Asking {
  current = $state.raw<Asked | null>(null);
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  /** Takes the whole list of boards, in which the questions stand. */
  hear(list: Board[]): void {
    const before = this.current;
    const same = before ? list.find((board) => board.id === before.board.id) : undefined;
    if (before && same?.question) {
      const sent = before.sent && same.question.id === before.question.id;
      this.current = { board: same, question: same.question, sent };
    } else if (before?.sent && same?.state.kind === 'connecting' && isJudged(before.question, same.state.waitingFor)) {
      // It stays until the answer is judged, so that a wrong one is asked for again in the same place.
      this.current = { ...before, board: same };
    } else {
      const next = list.find((board) => board.question !== null);
      this.current = next?.question ? { board: next, question: next.question, sent: false } : null;
    }
  }

  /** Gives the password that was asked for. */
  async password(password: string, remember: boolean): Promise<void> {
    const asked = this.#send();
    if (asked === null) return;
    const { board, question } = asked;
    await this.#app.attempt(() => this.#app.host.call('password_answer', { board: board.id, question: question.id, password, remember }));
  }

  /** Gives the name and the password that a proxy asked for. */
  async proxy(user: string, password: string, remember: boolean): Promise<void> {
    const asked = this.#send();
    if (asked === null) return;
    const { board, question } = asked;
    const given = await this.#app.attempt(() => this.#app.host.call('proxy_answer', { board: board.id, question: question.id, user, password, remember }));
    // What cannot be told was not sent, and the question stands.
    if (!given && this.current?.question.id === question.id) this.current = { ...this.current, sent: false };
  }

  /** Does not answer a proxy. The board stays, and is not asked about again before another way to it is chosen. */
  async leaveProxy(): Promise<void> {
    const asked = this.current;
    if (asked === null) return;
    this.current = null;
    await this.#app.attempt(() => this.#app.host.call('proxy_decline', { board: asked.board.id, question: asked.question.id }));
  }

  /** Trusts the certificate that is shown. A board that was lost because of it is opened anew. */
  async trust(): Promise<void> {
    const asked = this.#send();
    if (asked === null) return;
    const { board, question } = asked;
    await this.#app.attempt(() => this.#app.host.call('certificate_trust', { board: board.id, question: question.id }));
    if (board.state.kind === 'reconnecting') await this.#app.reconnect(board);
  }

  /** Does not answer: the board is given up. */
  async decline(): Promise<void> {
    const asked = this.current;
    if (asked === null) return;
    this.current = null;
    await this.#app.attempt(() => this.#app.boards.disconnect(asked.board.id));
  }

  #send(): Asked | null {
    const asked = this.current;
    if (asked === null || asked.sent) return null;
    this.current = { ...asked, sent: true };
    return asked;
  }
}
