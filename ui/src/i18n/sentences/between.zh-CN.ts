/** What the doctor says of programs between this computer and the board. Keys: crates/doctor/src/xray/between, as they stand there. */
export const betweenSentences: Record<string, string> = {
  'A program on the way ({name})': '途中的程序（{name}）',
  'A program on the way': '途中的程序',
  'a program written in Go': '用 Go 编写的程序',
  'a program on Node.js': 'Node.js 程序',
  '{who} reads the request {did}. {proof}': '{who}读取了请求，{did}。{proof}',
  'and writes the names of headers as Go does: “Sec-WebSocket-Key” becomes “Sec-Websocket-Key”, which a board does not look for':
    '并按 Go 的习惯书写请求头名称：“Sec-WebSocket-Key”变成“Sec-Websocket-Key”，开发板不认识',
  'and writes the names of headers in small letters: “sec-websocket-key”, which a board does not look for': '并把请求头名称写成小写：“sec-websocket-key”，开发板不认识',
  'and writes it anew: it passes answers on as they come, so it is not the upgrade that it took out; what a board looks for was written in another way, or left out':
    '并重写了它：回答能原样通过，所以它没有删掉升级，而是把开发板要找的内容写成了别的样子，或漏掉了',
  'and took the upgrade out of it, or renamed what asks for it: which of the two, the answer does not show': '并删掉了升级，或改了要求升级的请求头名称：从回答看不出是哪一种',
  '{who} reads the request and took out of it what asks for the upgrade: it dropped the board\'s yes, and now the board has a client. {proof}':
    '{who}读取了请求，删掉了要求升级的部分：它丢掉了开发板的同意，而开发板现在以为已有客户端。{proof}',
  '{who} stands in front of the board, and nothing comes from there: the board hangs, or it is firmware up to 1.19 and its yes is dropped on the way. {proof}':
    '{who}挡在开发板前面，那里没有任何回应：开发板卡住了，或者是 1.19 及以前的固件，它的同意在途中被丢掉了。{proof}',
  '{who} reads the request and writes it anew, and the board was silent: so is firmware up to 1.19 when “Sec-WebSocket-Key” arrives in other letters. (A board that hangs is silent as well.) {proof}':
    '{who}读取并重写了请求，而开发板没有声音：1.19 及以前的固件收到大小写不同的“Sec-WebSocket-Key”时就是这样。（卡住的开发板也没有声音。）{proof}',
  '{} changes requests that ask for a WebSocket: the board hung up without a word, and to a plain request it answered with its page.':
    '{}会改动要求 WebSocket 的请求：开发板一言不发就断开了，而对普通请求它用自己的网页回答。',
  '{who} reaches the board and took the upgrade out of the request: the board\'s yes came as “{}”, a request that such a board passes over in silence was met by silence.':
    '{who}能到达开发板，但删掉了请求里的升级部分：开发板的同意变成了“{}”，这样的开发板会忽略的请求则没有回应。',
  '{who} stands in front of the board and does not reach it: it answered “{}”.': '{who}挡在开发板前面，但到不了开发板：它回答“{}”。',
  'Check that the board is on, and that what stands in front of it leads to the board\'s address and port. Or connect to the board\'s own address.':
    '确认开发板通电，并且它前面的程序指向开发板的地址和端口。或直接连接开发板自己的地址。',
  '{who} does not let requests through that ask for a WebSocket: it answered “{}”, and with the board\'s page to a plain request.':
    '{who}不放行要求 WebSocket 的请求：它回答“{}”，而对普通请求给出开发板的网页。',
  'a first line that no board reads': '开发板不读的第一行',
  'It answered “{}{reason}” to {first_line}.': '对{first_line}，它回答“{}{reason}”。',
  'It refused {first_line}.': '它拒绝了{first_line}。',
  'It hung up at {first_line}.': '它收到{first_line}就断开了。',
  'Behind {first_line} the same headers went through: only HTTP is written anew.': '放在{first_line}后面，同样的请求头能通过：只有 HTTP 被重写。',
  'The board\'s page came with “{mark}”, which no board sends.': '开发板的网页带有“{mark}”，开发板不会发送它。',
  '{said} The board\'s page came with “{mark}”.': '{said}开发板的网页带有“{mark}”。',
  'Connect to the board\'s own address, past what stands in front of it. If that is a proxy, a VPN or a security program of this computer, let it leave the board\'s address alone.':
    '绕过前面的程序，连接开发板自己的地址。如果那是这台电脑的代理、VPN 或安全软件，让它不要处理开发板的地址。',
  'If the nginx is yours: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $http_connection; (with $http_connection, not “upgrade”).':
    '如果 nginx 是您的：proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $http_connection;（用 $http_connection，不要写“upgrade”）。',
  'If the Apache is yours: ProxyPass "/" "ws://BOARD:8266/" (mod_proxy_wstunnel), or upgrade=websocket behind http://.':
    '如果 Apache 是您的：ProxyPass "/" "ws://BOARD:8266/"（mod_proxy_wstunnel），或在 http:// 后面写 upgrade=websocket。',
  'If the haproxy is yours: mode tcp; or option h1-case-adjust-bogus-server in its backend, and in its global section h1-case-adjust for host, connection, upgrade, sec-websocket-key and sec-websocket-version.':
    '如果 haproxy 是您的：mode tcp；或在 backend 里写 option h1-case-adjust-bogus-server，并在 global 里为 host、connection、upgrade、sec-websocket-key、sec-websocket-version 写 h1-case-adjust。',
  'If it is yours, update it: newer ones leave the letters of WebSocket headers as RFC 6455 has them (caddy#6621, traefik#5397). Or let it pass bytes instead of HTTP.':
    '如果是您的程序，请更新：新版本按 RFC 6455 保留 WebSocket 请求头的大小写（caddy#6621、traefik#5397）。或让它转发字节而不是 HTTP。',
  'If it is yours, let it pass bytes instead of HTTP, or keep the letters of headers as they are.': '如果是您的程序，让它转发字节而不是 HTTP，或保持请求头的大小写。',
  'and did not pass on what asks for the upgrade as a board wants it: nginx leaves “Upgrade” and “Connection” out unless it is told otherwise, and the “upgrade” in small letters of its documentation is not what a board looks for':
    '但没有按开发板的要求转发升级：nginx 默认不转发“Upgrade”和“Connection”，而它文档里小写的“upgrade”开发板不认识',
  'and did not pass on what asks for the upgrade as a board wants it': '但没有按开发板的要求转发升级',
};
