import type { BoardRoute } from '../bindings/BoardRoute';
import type { ProxyChoices } from '../bindings/ProxyChoices';
import type { Host } from '../host/host';

/** What was chosen for the ways to boards on the network, and the ways themselves where no connection tells them. */
export class Routes {
  choices = $state.raw<ProxyChoices>({ default: 'system', lanBypass: true, boards: {} });
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  async load(): Promise<void> {
    this.choices = await this.#host.call('proxy_choices', {});
  }

  /** Chooses for one board, or for all; null takes the board's own choice back. Who is connected reconnects. */
  async choose(target: string | null, choice: string | null): Promise<void> {
    this.choices = await this.#host.call('proxy_choose', { url: target, choice });
  }

  async setLanBypass(on: boolean): Promise<void> {
    this.choices = await this.#host.call('proxy_lan_bypass', { on });
  }

  /** Takes the name and the password of a proxy out of the key store. */
  async forgetLogin(proxy: string): Promise<void> {
    await this.#host.call('proxy_forget', { proxy });
  }

  /** The way the next connection to a board would take. */
  async ask(target: string): Promise<BoardRoute> {
    const { proxy, via, source, reason, rule } = await this.#host.call('proxy_route', { url: target, all: false });
    return { proxy, via, source, reason, rule };
  }
}

/** Whether a way of proxies can be chosen for a target at all. */
export function isNetworkTarget(target: string | null | undefined): target is string {
  return target !== null && target !== undefined && /^wss?:\/\//.test(target);
}
