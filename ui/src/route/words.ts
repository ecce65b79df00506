import type { BoardRoute } from '../bindings/BoardRoute';
import type { I18n } from '../i18n/i18n.svelte';
import { toZh } from '../i18n/sentences';

/** Which way: `Direct`, or through which proxy and how. */
export function wayWords(i18n: I18n, route: BoardRoute): string {
  const t = i18n.t.route;
  if (route.proxy === null) return t.direct;
  return t.through(route.proxy.replace(/^[a-z0-9]+:\/\//, ''), t.via[route.via ?? ''] ?? route.via ?? '');
}

/** Why, in a sentence. */
export function whyInFull(i18n: I18n, route: BoardRoute): string {
  if (i18n.language === 'en') return route.reason;
  const { text, whole } = toZh(route.reason);
  return whole ? text : whyWords(i18n, route);
}

/** Why, in two or three words. */
export function whyWords(i18n: I18n, route: BoardRoute): string {
  return i18n.t.route.why[route.source] ?? route.source;
}
