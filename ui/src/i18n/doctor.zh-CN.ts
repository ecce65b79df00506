type Parts = Record<string, string>;

interface FindingWords {
  /** One sentence, with the names that were seen where they are known. */
  title: (parts: Parts) => string;
  /** Why that keeps the board from connecting. */
  why: string;
}

const finding = (title: string | ((parts: Parts) => string), why: string): FindingWords => ({
  title: typeof title === 'string' ? () => title : title,
  why,
});
/** A name with a space on each side, or nothing. */
const named = (name: string | undefined) => (name ? ` ${name} ` : '');

/** The doctor in 简体中文: findings by code, checks by id, what buttons do by action. What is missing stays English. */
export const doctorZh: {
  findings: Record<string, FindingWords>;
  checks: Record<string, string>;
  actions: Record<string, string>;
} = {
  findings: {
    'address-invalid': finding('这个地址不能使用。', '它不是端口，也不是 ws:// 或 wss:// 地址。'),
    'name-not-found': finding((p) => `找不到名称${named(p.name ?? p.host)}的地址。`, '没有地址就无法连接；.local 名称要由开发板自己在局域网里应答。'),
    'fake-ip-name': finding((p) => `名称${named(p.name ?? p.host)}的地址是代理虚构的（198.18.x.x）。`, 'TUN 模式的代理接管了这个名称，连接会进入代理而不是到达开发板。'),
    'tun-route': finding('通往开发板的路由被 VPN 或 TUN 代理接管。', '数据进入虚拟网卡，到不了局域网里的开发板。'),
    'not-on-board-network': finding('这台电脑不在开发板的网络里。', '开发板在自己的 Wi-Fi 热点里，电脑要先加入它（名称以 MicroPython- 开头）。'),
    'local-network-permission': finding('系统不允许 Boardwalk 访问本地网络。', 'macOS 要求应用取得“本地网络”权限。'),
    'host-unreachable': finding('这个地址上什么也没有。', '地址不对、开发板断电，或重启后换了新地址。'),
    'no-answer': finding('这个地址没有应答。', '数据发出去了，没有任何回应：防火墙、地址错误，或无线网络把客户端隔开。'),
    'client-isolation': finding('Wi-Fi 把客户端互相隔开。', '路由器有应答，开发板没有：访客网络或“AP 隔离”会这样。'),
    'port-refused': finding('主机在线，但这个端口上没有程序监听。', 'WebREPL 没有启动，或用的是另一个端口。'),
    'board-busy': finding('开发板忙，没有处理握手。', '程序一直在循环里运行，WebREPL 得不到执行的机会。'),
    'proxy-unreachable': finding((p) => `代理${named(p.proxy)}不接受连接。`, '代理程序没有运行，或端口不对。'),
    'proxy-not-a-proxy': finding((p) => `${p.proxy ?? '这个地址'} 上的程序不是代理。`, '它的回答既不是 HTTP 也不是 SOCKS。'),
    'proxy-auth-required': finding((p) => `代理${named(p.proxy)}要求用户名和密码。`, '没有凭据，代理不会转发。'),
    'proxy-auth-rejected': finding((p) => `代理${named(p.proxy)}拒绝了用户名和密码。`, '凭据不正确，或没有使用权限。'),
    'proxy-forbids-connect': finding((p) => `代理${named(p.proxy)}不允许连接这个端口。`, '很多代理只允许 CONNECT 到 443 端口；开发板在局域网里，可以不经过代理。'),
    'proxy-cannot-reach-board': finding((p) => `代理${named(p.proxy)}到不了开发板。`, '代理回答说它连不上这个地址：它可能不在同一个网络里。'),
    'proxy-answers-before-dialling': finding((p) => `代理${named(p.proxy)}先答应，然后才发现连不上。`, 'Clash 一类的代理先回答 200 再去连接；随后断开，说明开发板从代理那里到不了。'),
    'proxy-half-relay': finding((p) => `代理${named(p.proxy)}只转发一个方向。`, '开发板的提示到了，我们发出的内容没有到达开发板。'),
    'handshake-rewritten': finding(
      (p) => `代理${named(p.program ? `${p.program}（${p.proxy ?? ''}）` : p.proxy)}在途中改动了请求。`,
      '开发板逐个字母比较请求头名称；它等的是 Sec-WebSocket-Key，大小写一变就不认识。不经过代理就能连接。',
    ),
    'handshake-stripped': finding((p) => `代理${named(p.proxy)}从请求里删掉了升级所需的请求头。`, '没有 Upgrade 和 Connection，开发板会把它当作普通网页请求。'),
    'board-served-page': finding('开发板返回了自己的网页。', '握手请求没有完整到达：途中有程序改动了它。'),
    'silent-after-request': finding('请求发出去了，没有任何回答。', '旧固件（1.19 及以前）收到被改动的请求时会这样，程序卡住时也会。'),
    'closed-before-reply': finding('还没回答，连接就被关闭了。', '旧固件已经有别的客户端时会这样，或者那里不是 WebREPL。'),
    'busy-other-client': finding('另一个客户端占用着 WebREPL。', 'WebREPL 一次只接受一个客户端：关闭另一个窗口或程序，或通过 USB 释放。'),
    'redirected-to-tls': finding('服务器要求加密连接。', '把地址里的 ws:// 换成 wss://。'),
    redirected: finding('服务器把我们转到别处。', '这不是开发板的行为：地址可能属于别的设备。'),
    'captive-portal': finding('回答我们的是登录页或拦截页，不是开发板。', '先在浏览器里登录这个网络，或换一个网络。'),
    'not-webrepl': finding('那里的服务不是 WebREPL。', '检查地址和端口。'),
    'not-http': finding('那里的服务不说 HTTP。', '检查端口：WebREPL 通常是 8266。'),
    'tls-mismatch': finding('加密方式对不上，或证书不受信任。', '一边加密、一边不加密，或证书不是这台电脑信任的。'),
    'accept-missing': finding('回答里缺少 Sec-WebSocket-Accept。', '途中有程序改动了回答。'),
    'accept-mismatch': finding('回答属于另一个请求。', 'Sec-WebSocket-Accept 与我们的密钥不符：缓存或中间设备代为回答。'),
    'upgrade-header-wrong': finding('回答里的升级请求头不对。', '途中有程序改动了回答。'),
    'no-password-prompt': finding('开发板没有询问密码。', '握手成功后没有出现 Password:，那里可能不是 WebREPL。'),
    'wrong-password': finding('开发板不接受这个密码。', '密码在开发板的 webrepl_cfg.py 里。'),
    'password-impossible': finding('任何开发板都不可能有这个密码。', 'WebREPL 的密码是 4 到 9 个字符。'),
    'no-prompt': finding('已经登录，但没有出现提示符。', '开发板上有程序正在运行。'),
    'webrepl-not-running': finding('开发板的 WebREPL 没有启动。', '通过 USB 可以启动它。'),
    'webrepl-not-in-firmware': finding('固件里没有 WebREPL。', '需要刷入带 WebREPL 的固件。'),
    'wifi-not-connected': finding('开发板没有连上 Wi-Fi。', '它的 Wi-Fi 关闭、没有关联，或地址与我们试的不同。'),
    'slow-wifi': finding('连接很慢。', 'Wi-Fi 的省电模式会让往返时间变长。'),
    'idle-drop': finding('途中有设备会断开安静的连接。', '代理或路由器的空闲超时。'),
    'link-silent': finding('连接已经没有应答。', '开发板断电、离开了信号范围，或卡住了。'),
    'no-port': finding('没有找到开发板的端口。', '很多 USB 线只能充电；换一根能传数据的线。'),
    'driver-missing': finding('插着 USB 转串口芯片，但没有驱动。', '没有驱动就没有端口。'),
    'brltty-claims-port': finding('brltty 抢走了 USB 转串口芯片。', '这个盲文显示程序把芯片当成盲文设备。'),
    'permission-denied': finding((p) => `没有权限打开${named(p.port)}。`, '这个端口属于另一个用户组。'),
    'port-busy': finding(
      (p) => (p.program ? `${p.program} 正在使用${named(p.port)}。` : `另一个程序正在使用${named(p.port)}。`),
      '一个端口同时只能由一个程序使用。',
    ),
    'ch340-driver': finding('CH340 驱动与这块芯片不兼容。', '新版驱动拒绝部分芯片；退回 3.5 版。'),
    'device-hung': finding('端口不接收数据。', '开发板的 USB 卡住了；重新插拔。'),
    'bluetooth-port': finding('这是蓝牙端口，不是 USB 端口。', '开发板接在 USB 端口上。'),
    'port-renumbered': finding('开发板现在在另一个端口上。', '重新插拔后端口名称变了。'),
    'modem-manager': finding('ModemManager 正在向开发板发送 AT 命令。', '它把开发板当成调制解调器；等一会儿，或让它忽略这个设备。'),
    sandboxed: finding('沙箱不允许 Boardwalk 使用串口。', 'Flatpak 或 Snap 需要设备权限。'),
    'uf2-bootloader': finding('开发板处在 UF2 引导程序里。', '它现在是一个磁盘，没有端口；重新插拔，或刷入固件。'),
    'rom-download-mode': finding('开发板在等待刷写固件。', 'BOOT 键被按住，或 DTR/RTS 让它进入了下载模式；按复位键。'),
    'not-micropython': finding('应答的不是 MicroPython。', '这块开发板上是别的固件。'),
    'wrong-usb-socket': finding('这是开发板的另一个 USB 接口。', '这里只有启动日志，没有提示符；换到另一个接口。'),
    'usb-enumeration-failed': finding('有一个 USB 设备没有说明自己是什么。', '线、接口或固件有问题。'),
    'reset-on-open': finding('打开端口会让开发板重启。', '自动复位电路由 DTR/RTS 触发。'),
    'line-policy': finding('DTR 和 RTS 要反过来设置，开发板才有应答。', 'Boardwalk 会记住这一点。'),
    'program-running': finding('开发板上有程序正在运行。', '停止它之后就能使用提示符。'),
    'interrupt-swallowed': finding('程序不理会 Ctrl-C。', '程序捕获了 KeyboardInterrupt；可以在启动时抓住开发板。'),
    'watchdog-resets': finding('开发板不断重启。', '程序里有看门狗，没有按时喂狗。'),
    brownout: finding('开发板供电不足。', '电压跌落会触发复位：换线、换接口或外接电源。'),
    'wrong-baud': finding('收到的全是乱码。', '速率不对。'),
    'no-response': finding('端口打开了，但没有收到任何内容。', '开发板上可能没有 MicroPython，或程序占着它。'),
    'filesystem-damaged': finding('开发板的文件系统损坏。', '文件无法可靠读写；先备份还能读的文件。'),
    'disk-full': finding('开发板几乎没有剩余空间。', '写文件需要空间：删除不用的文件。'),
  },
  checks: {
    address: '地址',
    networks: '本机网络',
    name: '名称',
    route: '路由',
    proxy: '代理',
    direct: '直接握手',
    tunnel: '经由代理握手',
    'self-echo': '代理对请求的改动',
    login: '密码',
    prompt: '提示符',
    echo: '往返测试',
    latency: '延迟',
  },
  actions: {
    'bypass-proxy': '直接连接',
    'use-tunnel': '经由代理隧道连接',
    'proxy-credentials': '输入代理的用户名和密码',
    'switch-to-wss': '改用 wss://',
    'switch-to-ws': '改用 ws://',
    'trust-certificate': '查看证书',
    'enter-password': '输入密码',
    'edit-address': '修改地址',
    'free-webrepl-over-usb': '通过 USB 释放 WebREPL',
    'start-webrepl-over-usb': '通过 USB 启动 WebREPL',
    'setup-webrepl': '设置 WebREPL',
    'choose-port': '选择端口',
    'install-udev-rule': '安装 udev 规则',
    'join-group': '加入用户组',
    'interrupt-program': '停止程序再检查',
    rescue: '在启动时抓住开发板',
    retry: '再检查一次',
  },
};
