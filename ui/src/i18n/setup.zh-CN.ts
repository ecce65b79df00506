import type { setupEn } from './setup.en';

export const setupZh: typeof setupEn = {
  title: '通过 USB 设置 WebREPL',
  lede: '开发板会加入 Wi-Fi 并启动 WebREPL，以后每次启动时也一样。原来的 boot.py 会保留在旁边。Wi-Fi 密码会写入 boot.py，拿到开发板的人都能读到。',
  wifi: '开发板能看到的 Wi-Fi',
  scanning: '开发板正在查找 Wi-Fi…',
  none: '开发板没有看到 Wi-Fi。大多数开发板只支持 2.4 GHz。',
  again: '重新查找',
  hidden: '其他（隐藏名称的 Wi-Fi）…',
  name: 'Wi-Fi 名称',
  network: (name, dbm, open) => `${name}（${dbm >= -60 ? '信号强' : dbm >= -75 ? '信号一般' : '信号弱'}${open ? '，无密码' : ''}）`,
  wifiPassword: 'Wi-Fi 密码',
  password: '开发板密码',
  rule: '4 到 9 个字符。同一网络中知道它的人都能连接。',
  start: '设置',
  working: '开发板正在连接，最多需要 30 秒…',
  done: (address) => `开发板的地址是 ${address}，WebREPL 已启动。`,
  kept: (names) => `原来的内容保留为 ${names}。`,
  connect: '连接',
};
