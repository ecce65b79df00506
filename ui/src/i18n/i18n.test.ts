import { describe, expect, it } from 'vitest';

import { fault } from '../host/fake';
import { en } from './en';
import { browserLanguage, I18n, spokenLanguage } from './i18n.svelte';
import { zhCN } from './zh-CN';

describe('dictionaries', () => {
  it('have the same keys', () => expect(keys(zhCN)).toEqual(keys(en)));

  it('say everything: no empty words but the one that is meant', () => {
    const empty = ([path, value]: [string, unknown]) => value === '' && path !== 'state.short.present';
    expect([...leaves(en), ...leaves(zhCN)].filter(empty)).toEqual([]);
  });

  it('keep to the words of the house', () => {
    const all = leaves(en).filter(([, value]) => typeof value === 'string');
    expect(all.filter(([, value]) => /\b(error|oops|please|invalid|unable)\b|!/i.test(value as string))).toEqual([]);
  });

  it('translate every word that is one', () => {
    // Names and what is written alike in both languages.
    const alike = ['boards.usb', 'route.via.connect', 'route.via.socks5', 'route.via.socks4', 'connect.usb', 'boards.guess.micro-python', 'state.short.present'];
    const same = leaves(zhCN).filter(([path, value]) => {
      const other = leaves(en).find(([key]) => key === path)?.[1];
      return typeof value === 'string' && value === other && !alike.includes(path);
    });
    expect(same).toEqual([]);
  });
});

describe('plurals and numbers', () => {
  it('are right in English', () => {
    expect(en.remove.folder('/lib', 1, 3900)).toBe('/lib and the 1 file in it, 3.9 kB, are deleted.');
    expect(en.remove.folder('/lib', 2, 3900)).toContain('2 files');
    expect(en.state.attempt(2)).toBe('2nd try');
    expect(en.state.attempt(11)).toBe('11th try');
    expect(en.state.running('main.py', 134_000)).toBe('Running main.py, 2 min 14 s');
  });

  it('are right in Chinese', () => {
    expect(zhCN.state.running('main.py', 134_000)).toBe('正在运行 main.py，2 分 14 秒');
    expect(zhCN.files.freeOf(612_000, 848_000)).toBe('可用 612 kB，共 848 kB');
  });
});

describe('language', () => {
  it('follows the choice, then the system', () => {
    expect(spokenLanguage('en', 'zh-CN')).toBe('en');
    expect(spokenLanguage('system', 'zh-Hans-CN')).toBe('zh-CN');
    expect(spokenLanguage('system', 'de-DE')).toBe('en');
  });

  it('survives a browser that calls its language C', () => {
    expect(browserLanguage('C')).toBe('en');
    expect(browserLanguage('zh-CN')).toBe('zh-CN');
  });
});

describe('errors', () => {
  const i18n = new I18n();

  it('are in English as the backend words them', () => {
    i18n.language = 'en';
    const error = fault('port-busy', 'pid 4112');
    expect(i18n.error(error)).toEqual(error);
  });

  it('are translated by code, and keep the names in the details', () => {
    i18n.language = 'zh-CN';
    const shown = i18n.error(fault('port-busy', 'pid 4112'));
    expect(shown.message).toBe('端口正被其他程序使用。');
    expect(shown.detail).toBe('/dev/ttyUSB0 is open in another program: Thonny (4112).\npid 4112');
  });

  it('that are unknown are shown as they came', () => {
    i18n.language = 'zh-CN';
    expect(i18n.error(fault('brand-new')).message).toBe('Something went wrong (brand-new).');
  });
});

function leaves(value: object, path = ''): [string, unknown][] {
  return Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
    const here = path === '' ? key : `${path}.${key}`;
    return typeof inner === 'object' && inner !== null ? leaves(inner, here) : [[here, inner]];
  });
}

function keys(value: object): string[] {
  return leaves(value).map(([path]) => path);
}
