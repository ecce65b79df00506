import type { BoardRoute } from '../bindings/BoardRoute';
import type { App } from '../state/app.svelte';
import type { MenuEntry } from '../state/menus.svelte';
import { wayWords, whyInFull } from './words';

/** The choice of ways, for this board and for all: it takes effect at once. */
export function routeMenu(app: App, target: string, route: BoardRoute | null, other: BoardRoute | null = null): MenuEntry[] {
  const t = app.i18n.t.route;
  const { choices } = app.routes;
  const own = choices.boards[target] ?? null;
  const entries: MenuEntry[] = [];
  if (other) {
    const hint = t.changed(wayWords(app.i18n, other));
    entries.push({ label: t.takeIt, hint, icon: 'reset', testid: 'route-take', run: () => void app.chooseRoute(target, own) }, 'line');
  }
  if (route) entries.push({ head: whyInFull(app.i18n, route) });
  entries.push({ head: t.forBoard });
  entries.push({ label: t.asAll, checked: own === null, testid: 'route-default', run: () => void app.chooseRoute(target, null) });
  entries.push(...ways(app, target, own, 'route'));
  entries.push('line', { head: t.forAll }, ...ways(app, null, choices.default, 'route-all'));
  entries.push('line', {
    label: t.lan,
    hint: t.lanHint,
    icon: choices.lanBypass ? 'check' : 'close',
    testid: 'route-lan',
    run: () => void app.attempt(() => app.routes.setLanBypass(!choices.lanBypass)),
  });
  const proxy = route?.proxy;
  if (proxy) {
    entries.push({ label: t.forget, hint: t.forgetHint(proxy), icon: 'trash', testid: 'route-forget', run: () => void forget(app, proxy) });
  }
  return entries;
}

async function forget(app: App, proxy: string): Promise<void> {
  if (await app.attempt(() => app.routes.forgetLogin(proxy))) app.notices.ok(app.i18n.t.route.forgotten(proxy));
}

function ways(app: App, target: string | null, chosen: string | null, testid: string): MenuEntry[] {
  const t = app.i18n.t.route;
  const proxy = chosen !== null && chosen !== 'system' && chosen !== 'direct' ? chosen : null;
  return [
    { label: t.follow, hint: t.followHint, checked: chosen === 'system', testid: `${testid}-system`, run: () => void app.chooseRoute(target, 'system') },
    { label: t.bypass, hint: t.bypassHint, checked: chosen === 'direct', testid: `${testid}-direct`, run: () => void app.chooseRoute(target, 'direct') },
    {
      label: t.proxy,
      hint: proxy === null ? t.proxyNone : t.proxyHint(proxy),
      checked: proxy !== null,
      testid: `${testid}-proxy`,
      run: () => void app.dialogs.open('proxy', { target, address: proxy ?? '' }),
    },
  ];
}
