import { expect, test } from 'vitest';

import { sawZh } from '../i18n/doctorSaw.zh-CN';

test('what a check saw is said in Chinese, with its names and numbers', () => {
  expect(sawZh('127.0.0.1 is an address, the port is 8266.')).toBe('127.0.0.1 是地址，端口是 8266。');
  const two = 'Inside a tunnel (CONNECT): the request came out changed: “Sec-WebSocket-Key” became “Sec-Websocket-Key”. '
    + 'The plain way that other programs go breaks here (“Upgrade” was taken out); Boardwalk does not use it.';
  expect(sawZh(two)).toBe('隧道（CONNECT）里的请求被改动：“Sec-WebSocket-Key”变成了“Sec-Websocket-Key”。 其他程序用的普通方式在这里会失败（“Upgrade”被删除）；Boardwalk 不用这种方式。');
  expect(sawZh('Something new.')).toBe('Something new.');
});
