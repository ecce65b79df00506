import type { Board } from '../../bindings/Board';
import type { BoardInfo } from '../../bindings/BoardInfo';
import type { BoardState } from '../../bindings/BoardState';
import { Disk } from './disk';
import { Repl } from './repl';

/** What a fake board is, before it does anything. */
type FakeIdentity = Omit<Board, 'state' | 'info' | 'lastSeenMs' | 'network' | 'question'> & Partial<Pick<Board, 'network'>>;

/** A board of the fake: what is listed, its files, its prompt and its terminal's recent bytes. */
export class FakeBoard {
  readonly id: string;
  board: Board;
  readonly info: BoardInfo;
  readonly disk: Disk;
  readonly repl: Repl;
  /** Ends the program that runs, with a KeyboardInterrupt. */
  interrupt: (() => void) | null = null;
  readonly listeners = new Set<(bytes: Uint8Array) => void>();
  #recent = '';

  constructor(board: FakeIdentity, info: BoardInfo, files: Record<string, string | null>) {
    this.id = board.id;
    this.board = { network: null, question: null, ...board, state: { kind: 'present' }, info: null, lastSeenMs: null };
    this.info = info;
    this.disk = new Disk(files);
    this.repl = new Repl((text) => this.print(text));
  }

  /** The password of its WebREPL. */
  password = 'secret';

  set state(state: BoardState) {
    const seen = state.kind === 'absent' ? Date.now() - 26 * 3_600_000 : this.board.lastSeenMs;
    const open = state.kind !== 'absent' && state.kind !== 'present';
    const info = open && state.kind !== 'connecting' ? { ...this.info, space: this.space } : null;
    this.board = { ...this.board, state, lastSeenMs: seen, info };
  }

  get state(): BoardState {
    return this.board.state;
  }

  get space() {
    return { free: this.disk.free, total: this.disk.total };
  }

  get recent(): Uint8Array {
    return new TextEncoder().encode(this.#recent);
  }

  print(text: string): void {
    this.#recent = (this.#recent + text).slice(-65536);
    const bytes = new TextEncoder().encode(text);
    for (const listener of this.listeners) listener(bytes);
  }
}

const MAIN = `from machine import I2C, Pin
from bme280 import BME280
import asyncio

TARGET_C = 22.0
PERIOD_MS = 1000

i2c = I2C(0, scl=Pin(5), sda=Pin(4), freq=400_000)
sensor = BME280(i2c, addr=0x76)


def clamp(value, low=0.0, high=1.0):
    return min(max(value, low), high)


async def control(kp=0.35, ki=0.002):
    """PI loop; prints one line per step."""
    integral = 0.0
    temp, hum, _ = sensor.read()
    error = TARGET_C - temp
    integral = clamp(integral + ki * error)
    duty = clamp(kp * error + integral)
    print("temp:21.88 target:22.0 duty:0.10")
    print("temp:21.91 target:22.0 duty:0.08")
    print("temp:21.93 target:22.0 duty:0.07")
    await asyncio.sleep_ms(PERIOD_MS)


asyncio.run(control())
raise OSError("[Errno 5] EIO")
`;

const info = (machine: string, platform: string, version: string): BoardInfo => ({
  implementation: 'micropython',
  version,
  machine,
  platform,
  uniqueId: 'e66164084373532b',
  freeMemory: 186_432,
  frequency: 125_000_000,
  space: { free: null, total: null },
  modules: ['asyncio', 'binascii', 'hashlib', 'machine', 'os', 'select'],
  rawPaste: true,
  cannot: [],
});

/** The folder that is open on the computer. */
export const FOLDER_FILES: Record<string, string | null> = {
  '/main.py': MAIN,
  '/boot.py': 'import gc\ngc.collect()\n',
  '/config.py': 'WIFI = "greenhouse"\nPERIOD_MS = 1000\n',
  '/blink.py': 'print("blink")\nwhile True:\n    pass\n',
  '/lib/bme280.py': '# BME280 driver\n' + 'x = 1\n'.repeat(640),
  '/notes.md': '# Notes\n\nWire to SDA was loose.\n',
};

/** A board on the network, as it is listed from the first connect on. */
export function networkBoard(target: string): FakeBoard {
  const place = target.replace(/^ws:\/\//, '').replace(/:8266$/, '');
  const route = { proxy: null, via: null, source: 'lan', reason: 'The board is on this network (192.168.1.0/24), so no proxy is used.', rule: '192.168.1.0/24' };
  const network = { passwordKept: false, certificate: null, route, choice: null };
  const board = new FakeBoard(
    { id: target, title: place.replace(/:\d+$/, ''), target, place, guess: 'unknown', demo: false, network },
    info('ESP32 module with ESP32', 'esp32', '1.27.0'),
    { '/boot.py': 'import webrepl\nwebrepl.start()\n', '/main.py': 'print("on the air")\n' },
  );
  board.state = { kind: 'absent' };
  return board;
}

/** The boards that are plugged in: a Pico W, the demo board, and one that is not here. */
export function fakeBoards(): FakeBoard[] {
  const pico = new FakeBoard(
    { id: 'usb-e661', title: 'Raspberry Pi Pico W', target: 'serial:/dev/ttyACM0', place: '/dev/ttyACM0', guess: 'micro-python', demo: false },
    info('Raspberry Pi Pico W with RP2040', 'rp2', '1.27.0'),
    {
      '/lib/bme280.py': '# BME280 driver\n' + 'x = 1\n'.repeat(640),
      '/lib/umqtt/simple.py': '# umqtt\n',
      '/boot.py': 'import webrepl\nwebrepl.start()\n# the board begins here\n',
      '/config.py': 'WIFI = "greenhouse"\n',
      '/main.py': MAIN,
      '/data.bin': '\0\x01\x02\x03'.repeat(58_000),
    },
  );
  const demo = new FakeBoard(
    { id: 'demo', title: 'Demo board', target: 'serial:/tmp/boardwalk-demo', place: '/tmp/boardwalk-demo', guess: 'unknown', demo: true },
    info('linux [GCC 12.2.0] version', 'linux', '1.27.0'),
    { '/main.py': 'print("Hello from the demo board")\n', '/boot.py': '' },
  );
  const bridge = new FakeBoard(
    { id: 'usb-cp21', title: 'CP2102N USB to UART Bridge', target: 'serial:/dev/ttyUSB0', place: '/dev/ttyUSB0', guess: 'usb-bridge', demo: false },
    info('ESP32 module with ESP32', 'esp32', '1.26.1'),
    { '/main.py': '' },
  );
  const away = new FakeBoard(
    { id: 'usb-pico2', title: 'Raspberry Pi Pico 2', target: 'serial:/dev/ttyACM3', place: '/dev/ttyACM3', guess: 'micro-python', demo: false },
    info('Raspberry Pi Pico 2 with RP2350', 'rp2', '1.27.0'),
    {},
  );
  away.state = { kind: 'absent' };
  return [demo, pico, bridge, away];
}
