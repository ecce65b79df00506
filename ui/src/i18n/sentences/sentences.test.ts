import { describe, expect, it } from 'vitest';
import { literalsOf, sourceOf, type Literal } from '../../../test/rustStrings';
import { doctorActions } from '../doctor.en';
import { doctorZh } from '../doctor.zh-CN';
import { sentencesZh, toZh } from './index';

/** What the doctor's crate has in quotation marks and no person reads in a report of the window. */
const NOT_SHOWN: RegExp[] = [
  // Python, HTTP, commands for a terminal, links
  /\n/,
  /^(sudo|flatpak|echo|boardwalk|import|PASS|GET) /,
  // texts that a board or a program is known by
  /^(Not a websocket request|EOF in headers|need more than|Concurrent WebREPL|WebREPL is not configured|WebREPL connection from|Guru Meditation|Exception in)/,
  /^(Brownout detector|waiting for download|boot mode:|\/snap|ets J|MicroPython v)/,
  // names, the same in every language
  /^(WCH CH340|Silicon Labs|Prolific|Adafruit|FTDI|NodeMCU|Espruino|Kaluma|U-Boot)/,
  // frames, in the X-ray of the command line
  /^(text|binary|close) ("|\{)/,
  /^# /,
  // what a check waited for, in the setup's errors
  /^a \{path\} of/,
];

/** Files whose texts the window does not show, or whose words have a test of their own below. */
const OTHERS = ['code.rs', 'finding.rs', 'text.rs', 'redact.rs', 'cable/questions.rs', 'setup/boot.rs', 'setup/script.rs'];

const doctors = literalsOf('crates/doctor/src', (file) => !OTHERS.includes(file));

/** Two words, or the end of a sentence. */
function speaks({ text }: Literal): boolean {
  return (/[A-Za-z]{2,} [A-Za-z“({]/.test(text) || /[A-Za-z}”)]\.$/.test(text.trim())) && !NOT_SHOWN.some((not) => not.test(text));
}

/** Holes and punctuation alone are the same everywhere. */
function hasWords(text: string): boolean {
  return /[A-Za-z]{2}/.test(text.replace(/\{\w*\}/g, ''));
}

describe('the doctor in 简体中文', () => {
  it('has every sentence of crates/doctor: add the missing ones to ui/src/i18n/sentences', () => {
    const missing = doctors.filter((literal) => speaks(literal) && hasWords(literal.text) && !(literal.text in sentencesZh) && !['/', ' and '].includes(literal.text));
    expect(missing.map(({ text, at }) => `${at}: ${JSON.stringify(text)}`)).toEqual([]);
  });

  it('has every error that the layers below can name', () => {
    const files = [
      ['crates/transport/src', 'webrepl/error.rs'],
      ['crates/transport/src', 'proxy/error.rs'],
      ['crates/transport/src', 'target.rs'],
      ['crates/protocol/src', 'websocket/handshake/verdict.rs'],
      ['crates/protocol/src', 'webrepl/login.rs'],
    ] as const;
    const all = files.flatMap(([folder, name]) => literalsOf(folder, (file) => file === name));
    const missing = all.filter((literal) => speaks(literal) && hasWords(literal.text) && !(literal.text in sentencesZh) && !/^(errno|Windows) \{code\}$/.test(literal.text));
    expect(missing.map(({ text, at }) => `${at}: ${JSON.stringify(text)}`)).toEqual([]);
  });

  it('has a headline for every code, a title for every check, and words for every button', () => {
    const codes = [...sourceOf('crates/doctor/src/code.rs').matchAll(/^ +\w+ "([a-z0-9-]+)" "/gm)].map((match) => match[1]!);
    expect(codes.length).toBeGreaterThan(60);
    expect(codes.filter((code) => !doctorZh.findings[code])).toEqual([]);
    const actions = [...sourceOf('crates/doctor/src/finding.rs').matchAll(/^ +\w+ "([a-z-]+)" "/gm)].map((match) => match[1]!);
    expect(actions.filter((action) => !doctorZh.actions[action] || !doctorActions[action])).toEqual([]);
    const titles = checkTitles();
    expect(titles.length).toBeGreaterThan(18);
    expect(titles.filter(([id, title]) => !doctorZh.checks[id!] || !(title! in sentencesZh))).toEqual([]);
  });

  it('says nothing that no source says any more', () => {
    const said = new Set(['crates/doctor/src', 'crates/transport/src', 'crates/protocol/src', 'crates/device/src'].flatMap((folder) => literalsOf(folder)).map(({ text }) => text));
    expect(Object.keys(sentencesZh).filter((sentence) => !said.has(sentence))).toEqual([]);
  });

  it('keeps every hole', () => {
    const lost = Object.entries(sentencesZh).filter(([english, chinese]) => {
      const holes = (text: string) => [...text.matchAll(/\{(\w*)\}/g)].map((hole) => (/^\d*$/.test(hole[1]!) ? '' : hole[1]!)).sort();
      return holes(english).join() !== holes(chinese).join();
    });
    expect(lost).toEqual([]);
  });
});

/** Ids and titles of the checks, from their files. */
function checkTitles(): [string | undefined, string | undefined][] {
  const files = [...new Set(doctors.map(({ at }) => at.replace(/:\d+$/, '')))];
  return files
    .map((file) => sourceOf(file))
    .filter((source) => /impl Check for/.test(source))
    .map((source) => [/fn id\([^{]*\{\s*"([a-z-]+)"/.exec(source)?.[1], /fn title\([^{]*\{\s*"([^"]+)"/.exec(source)?.[1]]);
}

describe('a text of the backend', () => {
  const zh = (text: string) => toZh(text);

  it('is translated with what fills its holes', () => {
    expect(zh('No address was found for esp32.local.')).toEqual({ text: '找不到 esp32.local 的地址。', whole: true });
    expect(zh('192.168.1.7 is an address, the port is 8266.')).toEqual({ text: '192.168.1.7 是地址，端口是 8266。', whole: true });
  });

  it('may be several sentences, and sentences within sentences', () => {
    const said = 'http://127.0.0.1:7890 (mihomo, process 4112) takes connections: it is an HTTP proxy and calls itself “squid/5.7”.';
    expect(zh(said).text).toBe('http://127.0.0.1:7890（mihomo，进程 4112）接受连接：它是 HTTP 代理，自称“squid/5.7”。');
    expect(zh('Through http://127.0.0.1:7890 by CONNECT: The proxy http://127.0.0.1:7890 was chosen.')).toEqual({
      text: '经由 http://127.0.0.1:7890（CONNECT）：您选择了代理 http://127.0.0.1:7890。',
      whole: true,
    });
    expect(zh('The proxy http://127.0.0.1:7890 changed the request on its way to the board: “Sec-WebSocket-Key” became “Sec-Websocket-Key”, “Upgrade” was taken out.').text).toBe(
      '代理 http://127.0.0.1:7890 在途中改动了发往开发板的请求：“Sec-WebSocket-Key”变成了“Sec-Websocket-Key”、“Upgrade”被删除。',
    );
    expect(zh('The board at /dev/ttyACM0 is not connected to a Wi-Fi (it says WRONG_PASSWORD).').text).toBe('/dev/ttyACM0 上的开发板没有连上 Wi-Fi（它说 WRONG_PASSWORD）。');
    expect(zh('WebREPL is not started on the board at /dev/ttyACM0, and neither boot.py nor main.py starts it.').text).toBe('/dev/ttyACM0 上的开发板没有启动 WebREPL，boot.py 和 main.py 都没有启动它。');
    const twice = 'Inside a tunnel (CONNECT): nothing came out of http://127.0.0.1:8080 (python3): The proxy http://127.0.0.1:8080 does not lead to 127.0.0.1:45805; it answered “HTTP/1.0 501 Unsupported method”. Look again.';
    expect(zh(twice)).toEqual({
      text: '隧道（CONNECT）里：http://127.0.0.1:8080 (python3) 没有送出任何内容：代理 http://127.0.0.1:8080 不通往 127.0.0.1:45805；它回答“HTTP/1.0 501 Unsupported method”。重新检查。',
      whole: true,
    });
    expect(zh('192.168.4.1 is the address of a board\'s own Wi-Fi, and this computer is 192.0.2.2/24, 10.0.0.7/8 only.').text).toBe(
      '192.168.4.1 是开发板自己的 Wi-Fi 里的地址，而这台电脑只在 192.0.2.2/24, 10.0.0.7/8。',
    );
    expect(zh('The board at /dev/ttyACM0 printed “x = 1. Done”. Look again.').text).toBe('/dev/ttyACM0 上的开发板输出“x = 1. Done”。重新检查。');
  });

  it('quotes titles that a report brings along', () => {
    const said = 'It explains what else was seen: Nothing listens on the port; The proxy does not reach the board.';
    const more = { 'Nothing listens on the port': '端口上没有程序监听', 'The proxy does not reach the board': '代理到不了开发板' };
    expect(toZh(said, more)).toEqual({ text: '它也解释了其他现象：端口上没有程序监听；代理到不了开发板。', whole: true });
  });

  it('that is not known stays as it is, beside what is known', () => {
    expect(zh('Brand new words came here. Look again.')).toEqual({ text: 'Brand new words came here. 重新检查。', whole: false });
    expect(zh('')).toEqual({ text: '', whole: true });
  });
});
