import type { AppEvent } from '../bindings/AppEvent';
import type { Commands } from '../bindings/Commands';

/** What the window may ask of the program it is the face of. The desktop and the scripted fake both are one. */
export interface Host {
  /** Asks; rejects with an `AppError`. */
  call<K extends keyof Commands>(name: K, request: Commands[K]['request']): Promise<Commands[K]['response']>;
  /** Hears every event from now on. The promise gives the way to stop. */
  events(listener: (event: AppEvent) => void): Promise<() => void>;
  /** Raw bytes of a board's terminal, recent output first. `terminal_credit` asks for more. */
  terminal(board: string, listener: (bytes: Uint8Array) => void): Promise<() => void>;
}
