/** WebREPL set up over USB. */
export const setupEn = {
  title: 'Set up WebREPL over USB',
  lede: 'The board joins a Wi-Fi and starts its WebREPL, now and whenever it starts. Its boot.py is kept beside the new one.',
  wifi: 'Wi-Fi, as the board sees it',
  scanning: 'The board looks for Wi-Fis…',
  none: 'The board sees no Wi-Fi. Most boards know 2.4 GHz only.',
  again: 'Look again',
  network: (name: string, dbm: number, open: boolean) => `${name} (${dbm} dBm${open ? ', no password' : ''})`,
  wifiPassword: 'Password of the Wi-Fi',
  password: 'Password of the board',
  rule: '4 to 9 characters. Whoever is in the same network can connect with it.',
  start: 'Set up',
  working: 'The board connects; this takes up to 30 s…',
  done: (address: string) => `The board is at ${address}, and its WebREPL is started.`,
  kept: (names: string) => `What was there before is kept as ${names}.`,
  connect: 'Connect',
};
