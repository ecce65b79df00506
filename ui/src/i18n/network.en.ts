/** Boards on the network: passwords, certificates, addresses. */
export const networkEn = {
  title: 'Network',
  count: (known: number) => (known === 0 ? 'none yet' : `${known} known`),
  none: 'A board that you connected to by its address stays here.',
  stop: 'Cancel',

  password: {
    title: (address: string) => `Password of ${address}`,
    reason: {
      needed: 'The board asks for its WebREPL password.',
      rejected: 'The board refused this password.',
      impossible: 'The password that is kept for this board cannot be right.',
    },
    keptRejected: 'The board refused the password that is kept for it.',
    label: 'Password',
    rule: 'A WebREPL password has 4 to 9 characters.',
    wide: 'Letters beyond ASCII count for more than one.',
    show: 'Show',
    hide: 'Hide',
    showLabel: 'Show the password',
    remember: 'Remember it in the key store of this computer',
    noKeyStore: 'This computer has no key store that can be used now, so the password is asked for each time.',
    connect: 'Connect',
    sent: 'The board checks it…',
    forgotten: (name: string) => `The password of ${name} is not kept any more.`,
  },

  proxy: {
    title: 'The proxy asks who you are',
    needed: (target: string) => `The way to ${target} leads through a proxy that wants a name and a password. They are those of the proxy, not of the board.`,
    rejected: 'The proxy refused this name or this password.',
    address: 'Proxy',
    realm: 'It calls itself',
    user: 'Name',
    password: 'Password',
    only: 'Both are told to this proxy and to nobody else.',
    empty: 'The name must not be empty.',
    long: 'A SOCKS proxy takes at most 255 bytes of each.',
    remember: 'Remember both in the key store of this computer',
    noKeyStore: 'This computer has no key store that can be used now, so they are asked for each time.',
    notNow: 'Not now',
    sent: 'The proxy checks it…',
  },

  certificate: {
    title: (host: string) => `Trust the certificate of ${host}?`,
    changedTitle: (host: string) => `The certificate of ${host} has changed`,
    fault: {
      'unknown-issuer': 'This computer does not trust it: nobody it knows has signed it. With a certificate of your own that is so.',
      expired: 'This computer does not trust it: it has expired.',
      'not-yet-valid': 'This computer does not trust it: it is not valid yet. Or the clock of this computer is wrong.',
      'wrong-name': 'This computer does not trust it: it was made for another name.',
      changed: 'It is not the one that you trusted. Somebody may stand between you and the board, and read and change everything, the password too.',
      other: 'This computer does not trust it.',
    },
    compare: 'Compare the fingerprint with that of the board’s own certificate. Only if they are the same is it the board.',
    changedCompare: 'Trust the new one only if you know why it changed.',
    fingerprint: 'SHA-256 fingerprint',
    now: 'Shown now (SHA-256)',
    before: 'Trusted until now (SHA-256)',
    trust: 'Trust this certificate for this board',
  },

  reset: {
    title: (name: string) => `Reset ${name} all the same?`,
    text: 'Until somebody starts its WebREPL again, over USB or with its power, Boardwalk cannot reach it.',
    button: 'Reset all the same',
  },

  rename: {
    title: (name: string) => `Rename ${name}`,
    label: 'Name',
    hint: 'Leave it empty for the name that the board has by itself.',
    button: 'Rename',
  },
};
