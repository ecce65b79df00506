import type { networkEn } from './network.en';

/** 网络上的开发板：密码、证书、地址。 */
export const networkZh: typeof networkEn = {
  title: '网络',
  count: (known) => (known === 0 ? '还没有' : `${known} 个`),
  none: '通过地址连接过的开发板会留在这里。',
  stop: '取消',

  password: {
    title: (address) => `${address} 的密码`,
    reason: {
      needed: '开发板要求输入 WebREPL 密码。',
      rejected: '开发板拒绝了这个密码。',
      impossible: '为这块开发板保存的密码不可能是对的。',
    },
    keptRejected: '开发板拒绝了为它保存的密码。',
    label: '密码',
    rule: 'WebREPL 密码有 4 到 9 个字符。',
    wide: 'ASCII 以外的字符不止算一个。',
    show: '显示',
    hide: '隐藏',
    showLabel: '显示密码',
    remember: '记在这台电脑的密钥库里',
    noKeyStore: '这台电脑现在没有可用的密钥库，所以每次都要输入密码。',
    connect: '连接',
    sent: '开发板正在核对…',
    forgotten: (name) => `不再保存 ${name} 的密码。`,
  },

  proxy: {
    title: '代理要求登录',
    needed: (target) => `到 ${target} 的路经过一个代理，它要求用户名和密码。这是代理的密码，不是开发板的。`,
    rejected: '代理拒绝了这个用户名或密码。',
    address: '代理',
    realm: '它自称',
    user: '用户名',
    password: '密码',
    only: '两者只会告诉这个代理，不会告诉别人。',
    empty: '用户名不能为空。',
    long: 'SOCKS 代理的用户名和密码各自最多 255 字节。',
    remember: '把两者记在这台电脑的密钥库里',
    noKeyStore: '这台电脑现在没有可用的密钥库，所以每次都要输入。',
    notNow: '以后再说',
    sent: '代理正在核对…',
  },

  certificate: {
    title: (host) => `信任 ${host} 的证书？`,
    changedTitle: (host) => `${host} 的证书变了`,
    fault: {
      'unknown-issuer': '这台电脑不信任它：签发者不在已知之列。自己制作的证书都是这样。',
      expired: '这台电脑不信任它：它已经过期。',
      'not-yet-valid': '这台电脑不信任它：它还没有生效。也可能是这台电脑的时钟不对。',
      'wrong-name': '这台电脑不信任它：它是给另一个名称的。',
      changed: '它不是你信任过的那一个。可能有人在你和开发板之间，能看到并更改一切，包括密码。',
      other: '这台电脑不信任它。',
    },
    compare: '把指纹和开发板自己证书的指纹对照。两者相同，才是你的开发板。',
    changedCompare: '知道它为什么变了，才信任新的证书。',
    fingerprint: 'SHA-256 指纹',
    now: '现在出示的（SHA-256）',
    before: '一直信任的（SHA-256）',
    trust: '为这块开发板信任此证书',
  },

  reset: {
    title: (name) => `仍然复位 ${name}？`,
    text: '在有人通过 USB 或重新上电再次启动它的 WebREPL 之前，Boardwalk 连不上它。',
    button: '仍然复位',
  },

  rename: {
    title: (name) => `重命名 ${name}`,
    label: '名称',
    hint: '留空则使用开发板自己的名称。',
    button: '重命名',
  },
};
