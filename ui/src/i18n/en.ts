import { bytes, clockTime, daysBetween, durationParts, isoDate } from '../shared/format';
import { networkEn } from './network.en';
import { routeEn } from './route.en';
import { setupEn } from './setup.en';

const plural = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;
const ordinal = (n: number) => {
  const ending = n % 100 >= 11 && n % 100 <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th');
  return `${n}${ending}`;
};
const duration = (ms: number) =>
  durationParts(ms)
    .map(({ value, unit }) => `${value} ${unit}`)
    .join(' ');

/** Every word of the window in English. The other dictionaries have exactly these keys, or do not compile. */
export const en = {
  languageName: 'English',
  duration,

  toolbar: {
    label: 'Tools',
    run: 'Run',
    stop: 'Stop',
    reset: 'Reset',
    noBoard: 'No board',
    boardPicker: (name: string, state: string) => `Board: ${name}, ${state}`,
    more: 'More',
    runOff: {
      noBoard: 'Connect a board to run a program',
      noFile: 'Open a program to run it',
      notReady: (state: string) => `The board cannot run a program now: ${state}`,
    },
  },

  boards: {
    title: 'Boards',
    connect: 'Connect…',
    none: 'Boards you plug in show up here.',
    usb: 'USB',
    seenToday: (ms: number) => `seen at ${clockTime(ms).slice(0, 5)}`,
    seenYesterday: 'seen yesterday',
    seenDaysAgo: (days: number) => `seen ${plural(days, 'day', 'days')} ago`,
    seenOn: (ms: number) => `seen on ${isoDate(ms)}`,
    neverSeen: 'not seen yet',
    demo: 'Demo board',
    actions: (name: string) => `Actions for ${name}`,
    guess: {
      'micro-python': 'MicroPython',
      'usb-bridge': 'USB to serial bridge',
      bluetooth: 'Bluetooth',
      bootloader: 'in its bootloader',
      other: 'serial port',
      unknown: 'serial port',
    },
    action: {
      connect: 'Connect',
      disconnect: 'Disconnect',
      forget: 'Forget this board',
      softReset: 'Soft reset (restart the interpreter)',
      hardReset: 'Hard reset (restart the board)',
      stop: 'Stop the program',
      info: 'About this board…',
      rename: 'Rename…',
      forgetPassword: 'Forget the password',
      giveUp: 'Stop connecting',
      editAddress: 'Change the address…',
      dismiss: 'Remove from this list',
    },
    /** An address that never was connected, by what the doctor says of it. */
    stranger: {
      connecting: 'Connecting…',
      looking: 'Looking for the cause…',
      blocked: 'Does not connect',
      unknown: 'Does not connect: no cause found',
      warning: 'Can be connected',
      ok: 'Can be connected',
      cancelled: 'Not connected',
    } as Record<string, string>,
  },

  network: networkEn,
  route: routeEn,
  setUp: setupEn,

  state: {
    word: {
      absent: 'Not here',
      present: 'Not connected',
      connecting: 'Connecting',
      ready: 'Ready',
      running: 'Running',
      busy: 'Busy',
      reconnecting: 'Reconnecting',
      lost: 'Lost',
    },
    short: {
      absent: 'not here',
      present: '',
      connecting: 'connecting',
      ready: 'ready',
      running: 'running',
      busy: 'busy',
      reconnecting: 'reconnecting',
      lost: 'lost',
    },
    with: (word: string, more: string) => `${word}: ${more}`,
    waitingFor: {
      port: 'waits for the port',
      name: 'looks up its address',
      tcp: 'waits for the TCP connection',
      tunnel: 'waits for the proxy',
      'proxy-password': 'waits for the proxy’s name and password',
      tls: 'waits for TLS',
      handshake: 'waits for the WebSocket handshake',
      'password-prompt': 'waits for the password prompt',
      'key-store': 'looks into the key store',
      password: 'waits for the password',
      login: 'waits for the board to check the password',
      prompt: 'waits for the prompt',
    },
    running: (name: string | null, ms: number) => (name ? `Running ${name}, ${duration(ms)}` : `Running, ${duration(ms)}`),
    attempt: (n: number) => `${ordinal(n)} try`,
    work: {
      listing: 'listing files',
      reading: 'reading',
      writing: 'writing',
      changing: 'changing files',
      asking: 'asking what it is',
      stopping: 'stopping the program',
      resetting: 'resetting',
    },
    workOn: (work: string, name: string) => `${work} ${name}`,
    announce: (name: string, state: string) => `${name}: ${state}`,
  },

  connect: {
    title: 'Connect a board',
    lede: 'Plug in a board with a USB data cable and choose it here, or type the address of one on your network.',
    ledeDemo: 'Plug in a board with a USB data cable, type the address of one on your network, or try the demo board.',
    demoText: 'A real MicroPython beside Boardwalk. Nothing to plug in.',
    demoButton: 'Connect the demo board',
    usb: 'USB',
    found: (count: number) => (count === 0 ? 'none found' : `${count} found`),
    nothing: 'No board is plugged in. It shows up here as soon as it is; some cables only carry power, so try another one.',
    earlier: 'Here before',
    address: 'Address',
    addressHint: ['A port such as', 'or', ', or an address such as', 'or', '.'] as [string, string, string, string, string],
    addressEmpty: 'Type the port or the address of the board first.',
    connect: 'Connect',
    connecting: 'Connecting…',
    open: 'Show',
    again: 'Try again',
    back: 'Back to the editor',
  },

  files: {
    board: 'Board files',
    folder: 'Folder',
    treeBoard: (board: string) => `Files on ${board}`,
    treeFolder: (folder: string) => `Files in ${folder}`,
    noFolder: 'No folder is open.',
    openFolder: 'Open a folder…',
    otherFolder: 'Open another folder…',
    empty: 'No files here.',
    loading: 'Listing…',
    new: 'New',
    newFile: 'New file',
    newFolder: 'New folder',
    newFileHere: 'New file…',
    newFolderHere: 'New folder…',
    refresh: 'List again',
    open: 'Open',
    rename: 'Rename',
    delete: 'Delete…',
    toBoard: 'Copy to the board',
    toFolder: 'Copy to the folder',
    nameLabel: (name: string) => `New name for ${name}`,
    free: (free: number) => `${bytes(free)} free`,
    freeOf: (free: number, total: number) => `${bytes(free)} free of ${bytes(total)}`,
    running: 'A program is running. Stop it to see the files.',
    notReady: 'The files show up when the board is ready.',
    away: 'The board is away. It is connected again as soon as it is back.',
    stop: 'Stop',
    nameFault: {
      empty: 'A file needs a name.',
      slash: 'A name cannot contain a slash.',
      dots: 'This name means a folder.',
      taken: 'This name is taken.',
    },
    noText: (name: string) => `${name} is not text, so it is not opened in the editor.`,
    where: { board: 'on the board', folder: 'in the folder' },
  },

  remove: {
    title: (name: string, side: 'board' | 'folder') => `Delete ${name} from the ${side}?`,
    file: (path: string, size: number | null) =>
      size === null ? `The file ${path} is deleted.` : `The file ${path}, ${bytes(size)}, is deleted.`,
    folder: (path: string, files: number, size: number) =>
      files === 0
        ? `${path}, which is empty, is deleted.`
        : `${path} and the ${plural(files, 'file', 'files')} in it, ${bytes(size)}, are deleted.`,
    folderMany: (path: string, files: number) => `${path} and more than ${files} files in it are deleted.`,
    folderUnknown: (path: string) => `${path} and everything in it are deleted.`,
    forGood: 'This cannot be undone.',
    toTrash: 'On this computer it goes to the trash.',
    button: 'Delete',
  },

  replace: {
    title: (name: string) => `Replace ${name}?`,
    text: (path: string, where: string) => `There is already ${path} ${where}. What stands there now is replaced.`,
    folder: (path: string, where: string) =>
      `There is already ${path} ${where}. Files of the same names in it are replaced, the others stay.`,
    button: 'Replace',
  },

  tabs: {
    label: 'Open files',
    new: 'New file',
    close: (name: string) => `Close ${name}`,
    unsaved: 'unsaved',
    untitled: (n: number) => (n === 1 ? 'untitled.py' : `untitled-${n}.py`),
    onBoard: 'on the board',
    inFolder: 'in the folder',
    nowhere: 'not saved yet',
    label1: (name: string, where: string, unsaved: boolean) => `${name}, ${where}${unsaved ? ', unsaved' : ''}`,
    boardGone: 'This board is not open. Your text stays here.',
    gone: 'The file is not there any more. Your text stays here.',
    saveCopy: 'Save a copy…',
  },

  save: {
    title: 'Save as',
    name: 'Name',
    where: 'Where',
    inFolder: 'Folder',
    button: 'Save',
    noPlace: 'Open a folder or connect a board to have a place to save to.',
    saved: (name: string) => `Saved ${name}.`,
    closeTitle: (name: string) => `Save the changes to ${name}?`,
    closeText: 'They are lost if you close it without saving.',
    closeMany: (count: number) => `Save the changes to ${plural(count, 'file', 'files')}?`,
    closeManyText: 'They are lost if you close the window without saving.',
    discard: 'Discard',
    saveAll: 'Save all',
    conflictTitle: (name: string) => `${name} was changed elsewhere`,
    conflictText: 'What stands there now is not what you opened. Save your text over it, or take what stands there?',
    overwrite: 'Save over it',
    reload: 'Take theirs',
    failed: (name: string) => `${name} was not saved`,
    keepText: 'Your text stays in its tab.',
    elsewhere: 'Save elsewhere…',
  },

  run: {
    mark: (name: string, ms: number) => `Run ${name}, ${clockTime(ms)}`,
    done: (name: string, ms: number) => `${name} ended after ${duration(ms)}.`,
    exception: (name: string, kind: string, line: number | null) =>
      line === null ? `${name} ended with ${kind}.` : `${name} ended with ${kind} in line ${line}.`,
    stopped: (name: string) => `${name} was stopped.`,
    goTo: (line: number) => `Go to line ${line}`,
  },

  panel: {
    label: 'Panel',
    terminal: 'Terminal',
    find: 'Find in the terminal',
    timestamps: 'Show the time of each line',
    save: 'Save the terminal to a file',
    clear: 'Clear the terminal',
    hide: 'Hide the panel',
    show: 'Show the panel',
    more: 'More',
    saved: 'The terminal was saved.',
    saveName: (board: string) => `${board} terminal.txt`,
    height: 'Height of the panel',
  },


  editor: {
    emptyText: 'Open a file from the side bar, or begin a new one.',
    region: 'Editor',
  },

  status: {
    label: 'Status',
    position: (line: number, col: number) => `Ln ${line}, Col ${col}`,
    spaces: (count: number) => plural(count, 'space', 'spaces'),
    tabs: 'Tabs',
    language: 'Language',
    progress: (name: string, done: number, total: number | null) =>
      total === null ? `${name}: ${bytes(done)}` : `${name}: ${bytes(done)} of ${bytes(total)}`,
    verifying: (name: string) => `${name}: verifying`,
    rate: (perSecond: number) => `${bytes(perSecond)}/s`,
    left: (ms: number) => `${duration(ms)} left`,
    working: (name: string) => `${name}…`,
    cancel: 'Cancel',
    details: 'Details',
    dismiss: 'Dismiss',
    plain: 'Plain text',
  },

  op: {
    opening: (name: string) => `Opening ${name}`,
    saving: (name: string) => `Saving ${name}`,
    deleting: (name: string) => `Deleting ${name}`,
    copying: (name: string) => `Copying ${name}`,
    copied: (name: string, where: string) => `Copied ${name} ${where}.`,
    deleted: (name: string) => `Deleted ${name}.`,
    toBoard: 'to the board',
    toFolder: 'to the folder',
  },

  palette: {
    commands: 'Commands',
    files: 'Go to a file',
    commandsHint: 'Type what you want to do',
    filesHint: 'Type a part of its name',
    none: 'Nothing matches.',
  },

  command: {
    newFile: 'New file',
    openFolder: 'Open a folder…',
    save: 'Save',
    saveAs: 'Save as…',
    saveAll: 'Save all',
    closeTab: 'Close the file',
    nextTab: 'Next file',
    previousTab: 'Previous file',
    goToFile: 'Go to a file…',
    palette: 'All commands…',
    terminal: 'Go to the terminal',
    editor: 'Go to the editor',
    clearTerminal: 'Clear the terminal',
    connect: 'Connect a board…',
    disconnect: 'Disconnect the board',
    refresh: 'List the files again',
    nextRegion: 'Next part of the window',
    previousRegion: 'Previous part of the window',
    larger: 'Larger text',
    smaller: 'Smaller text',
    normalSize: 'Text as large as usual',
    settings: 'Settings…',
    about: 'About Boardwalk',
  },

  settings: {
    title: 'Settings',
    theme: 'Colours',
    themes: { system: 'As the system', light: 'Light', dark: 'Dark', contrast: 'High contrast' },
    language: 'Language',
    languageSystem: 'As the system',
    textSize: 'Text size',
    percent: (value: number) => `${value} %`,
    smaller: 'Smaller',
    larger: 'Larger',
    timestamps: 'Show the time of each line in the terminal',
  },

  info: {
    title: (name: string) => `About ${name}`,
    firmware: 'Firmware',
    machine: 'Board',
    platform: 'Platform',
    place: 'Connected at',
    id: 'Unique id',
    memory: 'Free memory',
    frequency: 'Clock',
    space: 'Files',
    modules: 'Modules',
    code: 'Code is sent',
    rawPaste: 'with flow control (raw-paste)',
    raw: 'in small pieces (raw REPL)',
    cannot: 'Cannot',
    cannotWords: {
      'no-folders': 'folders',
      'no-rename': 'renaming',
      'no-stat': 'telling sizes',
      'no-hash': 'verifying by hash',
      'no-space': 'telling free space',
    } as Record<string, string>,
    loading: 'Asking the board…',
    megahertz: (hertz: number) => `${Math.round(hertz / 1e6)} MHz`,
  },

  about: {
    title: 'About Boardwalk',
    text: 'An IDE for MicroPython boards.',
    version: (version: string) => `Version ${version}`,
    licence: 'MIT or Apache-2.0',
  },

  doctor: {
    title: 'Doctor',
    tab: (name: string) => `Doctor: ${name}`,
    tip: 'Find out why a board does not connect',
    why: 'Why won’t it connect?',
    looking: 'Looking for the cause…',
    cancelled: 'The search was stopped.',
    allWell: 'Everything works: the board connects.',
    notFound: 'The cause was not found.',
    allPorts: 'All ports',
    checked: (time: string, seconds: number) => `checked ${time} in ${seconds.toFixed(1)} s`,
    checks: 'Checks',
    again: 'Check again',
    byHand: 'What helps',
    progress: (over: number, all: number) => `${over} of ${all} checks done`,
    waitsFor: (what: string) => `waiting for ${what}`,
    copyReport: 'Copy report',
    copyCommand: 'Copy the command',
    copied: 'Copied.',
    done: 'Done.',
    onlyHere: 'Only for this board. You can change it back in the status bar.',
    doIt: 'Do it',
    working: {
      rescue: 'Catching the board: press its reset button now, within 30 s. Plugging it in again does as well.',
      'undo-rescue': 'Giving the program its name back…',
      'install-udev-rule': 'The system asks for an administrator’s password…',
      'join-group': 'The system asks for an administrator’s password…',
      other: 'Working…',
    },
    askAdministrator: 'This changes your computer, so the system asks for an administrator’s password. You can also copy the command and run it in a terminal.',
    askFirst: 'This changes something outside of Boardwalk. Do it?',
    status: { pending: 'waiting', running: 'looking…', pass: 'passed', warn: 'note', fail: 'failed', skipped: 'skipped', crashed: 'no answer' },
    statusIn: (word: string, ms: number) => (ms < 1000 ? `${word}, ${ms.toFixed(0)} ms` : `${word}, ${(ms / 1000).toFixed(1)} s`),
    sent: 'Sent by Boardwalk',
    arrived: 'Arrived behind the proxy',
    received: 'Received',
    bytes: (n: number) => plural(n, 'byte', 'bytes'),
    caught: (n: number) => `${plural(n, 'byte', 'bytes')}, caught by a listener of ours`,
    nothingArrived: 'nothing arrived',
    through: (proxy: string) => `through ${proxy}`,
    console: 'The board’s own console',
    change: { changed: 'changed', moved: 'moved', 'changed-moved': 'changed, moved', added: 'added', removed: 'removed' },
    diffSummary: (changed: number, added: number, removed: number) => `${changed} changed, ${added} added, ${removed} removed`,
    way: {
      connect: 'Through a CONNECT tunnel, as Boardwalk goes',
      socks5: 'Through SOCKS5, as Boardwalk goes',
      socks4: 'Through SOCKS4, as Boardwalk goes',
      plain: 'The plain way, as other programs go; Boardwalk never does towards a board',
    },
  },

  dialog: {
    cancel: 'Cancel',
    close: 'Close',
    details: 'Details',
  },

  sideBarWidth: 'Width of the side bar',
  sideBar: 'Side bar',

  seen: (ms: number, now: number): string => {
    const days = daysBetween(ms, now);
    if (days <= 0) return en.boards.seenToday(ms);
    if (days === 1) return en.boards.seenYesterday;
    return days < 30 ? en.boards.seenDaysAgo(days) : en.boards.seenOn(ms);
  },
};

/** What a dictionary must have. */
export type Dictionary = typeof en;
