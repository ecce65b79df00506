import type { Diagnosis } from '../../bindings/Diagnosis';
import type { DiagnosisCheck } from '../../bindings/DiagnosisCheck';

const request = (lines: string[]) => btoa(`${lines.join('\r\n')}\r\n\r\n`);

const sent = [
  'GET / HTTP/1.1',
  'Host: 192.168.1.57:8266',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: q83vEjRWeJCrze8SNFZ4kA==',
];
const arrived = [
  'GET / HTTP/1.1',
  'Host: 192.168.1.57:8266',
  'User-Agent: Go-http-client/1.1',
  'Connection: Upgrade',
  'Sec-Websocket-Key: q83vEjRWeJCrze8SNFZ4kA==',
  'Sec-Websocket-Version: 13',
  'Upgrade: websocket',
];

const check = (id: string, title: string, because: string, ms: number, rest: Partial<DiagnosisCheck> = {}): DiagnosisCheck => ({
  id,
  title,
  because,
  ms,
  status: 'pass',
  findings: [],
  ...rest,
});

/** A diagnosis as it ends when a proxy rewrites the handshake. */
export function rewritten(run: number, target: string | null): Diagnosis {
  const proxy = 'http://127.0.0.1:7897';
  return {
    run,
    target,
    board: null,
    state: 'done',
    startedMs: Date.now(),
    tookMs: 5400,
    verdict: 'blocked',
    cause: 'handshake-rewritten',
    summary: 'The proxy 127.0.0.1:7897 (mihomo) changed the request on its way to the board.',
    explanation: 'The same request arrives unchanged without the proxy.',
    checks: [
      check('address', 'Address', '192.168.1.57, port 8266; nothing to look up', 0),
      check('networks', 'Own networks', '192.168.1.20 and the board are both in 192.168.1.0/24', 1),
      check('route', 'Route', 'Through the proxy: it was chosen for this board', 0),
      check('direct', 'Handshake, directly', '101 Switching Protocols, then “Password: ”', 38),
      check('tunnel', 'Handshake, through the proxy', 'The board served its web page in the place of a session', 44, {
        status: 'fail',
        findings: [
          {
            code: 'handshake-rewritten',
            title: 'Something on the way changed the request',
            weight: 'blocks',
            saw: 'Sec-WebSocket-Key arrived as Sec-Websocket-Key.',
            why: 'The board compares header names letter by letter and does not know the changed one. Without the proxy the same request works.',
            remedies: [
              { text: 'Connect directly', command: null, link: null, action: 'bypass-proxy' },
              { text: 'Look again', command: null, link: null, action: 'retry' },
              { text: 'Or add 192.168.0.0/16 to the proxy’s bypass list.', command: null, link: null, action: null },
            ],
            with: { proxy, program: 'mihomo' },
          },
        ],
      }),
      check('self-echo', 'What the proxy does to a request', '2 header names changed, 1 header added', 21, { status: 'warn' }),
      check('login', 'Password', 'needs an answer to the handshake', 0, { status: 'skipped' }),
    ],
    paths: [
      { path: 'direct', proxy: null, code: 'ok', message: 'A WebREPL answered.', sent: request(sent), received: btoa('HTTP/1.1 101 Switching Protocols\r\n\r\n') },
    ],
    echoes: [{ way: 'connect', proxy, sent: request(sent), arrived: request(arrived), breaking: 2, failure: null }],
    console: { port: '/dev/ttyUSB0', lines: ['  File "websocket_helper.py", line 39, in server_handshake', 'OSError: Not a websocket request'] },
  };
}
