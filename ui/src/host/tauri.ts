import { Channel, invoke } from '@tauri-apps/api/core';

import type { AppEvent } from '../bindings/AppEvent';
import type { Commands } from '../bindings/Commands';
import type { Host } from './host';

/** The desktop program, asked through Tauri. */
export class TauriHost implements Host {
  call<K extends keyof Commands>(name: K, request: Commands[K]['request']): Promise<Commands[K]['response']> {
    return invoke(name, { request });
  }

  async events(listener: (event: AppEvent) => void): Promise<() => void> {
    let heard = true;
    const channel = new Channel<AppEvent>((event) => {
      if (heard) listener(event);
    });
    await invoke('subscribe', { channel });
    return () => {
      heard = false;
    };
  }

  async terminal(board: string, listener: (bytes: Uint8Array) => void): Promise<() => void> {
    let heard = true;
    const channel = new Channel<ArrayBuffer>((bytes) => {
      if (heard) listener(new Uint8Array(bytes));
    });
    await invoke('terminal_open', { board, channel });
    return () => {
      heard = false;
      // A board that is gone has no terminal left to shut.
      void invoke('terminal_shut', { board }).catch(() => undefined);
    };
  }
}
