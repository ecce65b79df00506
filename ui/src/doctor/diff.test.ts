import { describe, expect, it } from 'vitest';

import { count, requestLines, sideBySide } from './diff';

const sent = [
  'GET / HTTP/1.1',
  'Host: 192.168.1.57:8266',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: q83v==',
];

describe('two requests side by side', () => {
  it('marks the letter that a Go proxy changed', () => {
    const arrived = [
      'GET / HTTP/1.1',
      'Host: 192.168.1.57:8266',
      'User-Agent: Go-http-client/1.1',
      'Connection: Upgrade',
      'Sec-Websocket-Key: q83v==',
      'Sec-Websocket-Version: 13',
      'Upgrade: websocket',
    ];
    const rows = sideBySide(sent, arrived);
    expect(count(rows)).toEqual({ changed: 2, added: 1, removed: 0 });
    const key = rows.find((row) => row.sent?.n === 6);
    expect(key?.sent?.pieces).toEqual([
      { text: 'Sec-Web', marked: false },
      { text: 'S', marked: true },
      { text: 'ocket-Key: q83v==', marked: false },
    ]);
    expect(key?.arrived?.pieces[1]).toEqual({ text: 's', marked: true });
    expect(rows.some((row) => row.change === 'moved' || row.change === 'changed-moved')).toBe(true);
    expect(rows.map((row) => row.arrived?.n).filter((n) => n !== undefined).sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('says what did not arrive', () => {
    const rows = sideBySide(sent, ['GET / HTTP/1.0', 'Host: 192.168.1.57:8266', 'Connection: close']);
    expect(rows.filter((row) => row.change === 'removed').map((row) => row.sent?.pieces[0]?.text)).toEqual([
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: q83v==',
    ]);
    expect(count(rows).changed).toBe(2);
  });

  it('finds nothing between equals', () => {
    expect(sideBySide(sent, [...sent]).every((row) => row.change === 'same')).toBe(true);
  });

  it('shows nothing for nothing', () => {
    expect(requestLines('')).toEqual([]);
    expect(sideBySide([], [])).toEqual([]);
    expect(count(sideBySide(sent, [])).removed).toBe(6);
  });

  it('writes hostile bytes as escapes and cuts what is too long', () => {
    const hostile = btoa(`GET / HTTP/1.1\r\nX: \x1b[2J\xff\r\n${'a: b\r\n'.repeat(500)}\r\n`);
    const lines = requestLines(hostile);
    expect(lines[1]).toBe('X: \\x1b[2J\\xff');
    expect(lines.length).toBe(64);
    expect(requestLines(btoa('x'.repeat(10_000)))[0]?.length).toBe(300);
  });
});
