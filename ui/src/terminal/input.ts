/** What a person typed, on its way to the board: in order, one call at a time, what comes meanwhile joined. */

/** Characters of one call; the backend takes 1 MiB, and a character is at most 4 bytes. */
const MOST_PER_CALL = 256 * 1024;
/** Characters that may wait. Beyond, a stuck line would let a held key fill the memory. */
const MOST_WAITING = 1024 * 1024;

/**
 * A paste is answered when the pasted program has ended; Ctrl-C must reach it before. So what is typed after it waits
 * only until the paste is surely under way, in milliseconds.
 */
const PASTE_HEAD_START = 100;

interface Piece {
  data: string;
  /** To be sent through paste mode, alone and whole. */
  paste: boolean;
}

export class InputQueue {
  #queue: Piece[] = [];
  #waiting = 0;
  #sending = false;

  /** `send` resolves when the backend has taken the characters. */
  constructor(private readonly send: (data: string, paste: boolean) => Promise<unknown>) {}

  /** Queues characters. False when too much waits already: nothing of it was taken. */
  push(data: string, paste = false): boolean {
    if (data === '') return true;
    if (this.#waiting + data.length > MOST_WAITING) return false;
    this.#waiting += data.length;
    const last = this.#queue.at(-1);
    if (last && !last.paste && !paste) last.data += data;
    else this.#queue.push({ data, paste });
    if (!this.#sending) void this.#run();
    return true;
  }

  clear(): void {
    this.#queue = [];
    this.#waiting = 0;
  }

  async #run(): Promise<void> {
    this.#sending = true;
    for (let piece = this.#take(); piece !== null; piece = this.#take()) {
      try {
        const sent = this.send(piece.data, piece.paste);
        await (piece.paste ? Promise.race([sent, underWay(sent)]) : sent);
      } catch {
        // No line to the board: what was typed for it means nothing to the next one. The state says why.
        this.clear();
      }
    }
    this.#sending = false;
  }

  #take(): Piece | null {
    const head = this.#queue[0];
    if (!head) return null;
    const cut = head.paste ? head.data.length : wholeCharacters(head.data, MOST_PER_CALL);
    const data = head.data.slice(0, cut);
    if (cut < head.data.length) head.data = head.data.slice(cut);
    else this.#queue.shift();
    this.#waiting -= data.length;
    return { data, paste: head.paste };
  }
}

/** Resolves after the head start, and answers for the paste's own end from then on. */
function underWay(paste: Promise<unknown>): Promise<void> {
  paste.catch(() => undefined);
  return new Promise((resolve) => setTimeout(resolve, PASTE_HEAD_START));
}

/** The largest cut up to `most` that does not part a surrogate pair. */
function wholeCharacters(text: string, most: number): number {
  if (text.length <= most) return text.length;
  const before = text.charCodeAt(most - 1);
  return before >= 0xd800 && before < 0xdc00 ? most - 1 : most;
}
