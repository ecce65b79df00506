/**
 * The way of a board's bytes into the terminal: joined while the terminal is busy, handed over in pieces it draws
 * within a few milliseconds, and credited once drawn.
 */

/** Where bytes go. `drawn` is called once the terminal has taken them in. */
export interface Sink {
  write(bytes: Uint8Array, drawn: () => void): void;
  /** As `write`, and says when the terminal starts on them. */
  writeTimed(bytes: Uint8Array, started: () => void, drawn: () => void): void;
}

/** One piece is to occupy the terminal this long at most, in milliseconds: the web view has to draw in between. */
const SLOW_MS = 6;
const FAST_MS = 2;
const SMALLEST = 1024;
const LARGEST = 32 * 1024;

/** Bytes and, in order with them, things to do between two bytes. */
export class Outflow {
  /** Bytes that have come and are not drawn yet. The other side never sends more than its window without credit. */
  waiting = 0;
  #queue: (Uint8Array | (() => void))[] = [];
  #piece = 16 * 1024;
  #writing = false;
  #stopped = false;

  constructor(
    private readonly sink: Sink,
    private readonly drawn: (bytes: number) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  push(bytes: Uint8Array): void {
    if (this.#stopped || bytes.length === 0) return;
    this.#queue.push(bytes);
    this.waiting += bytes.length;
    if (!this.#writing) this.#next(false);
  }

  /** Calls `task` after all bytes that have come so far and before all that come later. */
  inOrder(task: () => void): void {
    if (this.#stopped) return;
    this.#queue.push(task);
    if (!this.#writing) this.#next(false);
  }

  stop(): void {
    this.#stopped = true;
    this.#queue = [];
  }

  #next(busy: boolean): void {
    while (typeof this.#queue[0] === 'function') (this.#queue.shift() as () => void)();
    const block = this.#take();
    this.#writing = block !== null;
    if (block === null) return;
    const done = () => {
      this.waiting -= block.length;
      this.drawn(block.length);
      if (!this.#stopped) this.#next(true);
    };
    // A lone piece, the echo of a key, goes the terminal's shortest way. Only a flood is worth measuring.
    if (!busy || block.length < this.#piece) return this.sink.write(block, done);
    let start = 0;
    this.sink.writeTimed(
      block,
      () => (start = this.now()),
      () => {
        this.#adapt(this.now() - start);
        done();
      },
    );
  }

  /** The next bytes up to the size of a piece or the next task, joined. */
  #take(): Uint8Array | null {
    const parts: Uint8Array[] = [];
    let length = 0;
    while (length < this.#piece) {
      const head = this.#queue[0];
      if (head === undefined || typeof head === 'function') break;
      const room = this.#piece - length;
      parts.push(head.subarray(0, room));
      length += Math.min(head.length, room);
      if (head.length > room) this.#queue[0] = head.subarray(room);
      else this.#queue.shift();
    }
    return length === 0 ? null : join(parts, length);
  }

  #adapt(took: number): void {
    if (took > SLOW_MS) this.#piece = Math.max(SMALLEST, this.#piece >> 1);
    else if (took < FAST_MS) this.#piece = Math.min(LARGEST, this.#piece << 1);
  }
}

/** Adds up what was drawn and tells it in one go: at `atLeast` bytes, or `withinMs` after the first. */
export class CreditBatch {
  #bytes = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly send: (bytes: number) => void,
    private readonly atLeast = 64 * 1024,
    private readonly withinMs = 50,
  ) {}

  add(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes >= this.atLeast) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), this.withinMs);
  }

  flush(): void {
    this.stop();
    const bytes = this.#bytes;
    this.#bytes = 0;
    if (bytes > 0) this.send(bytes);
  }

  /** Forgets the timer; what is not told yet stays untold. */
  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

function join(parts: Uint8Array[], length: number): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const joined = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
