import { describe, expect, it } from 'vitest';
import { randomSource } from '../testing/chunks.ts';
import { SimulatedComPort } from '../testing/simulated-com-port.ts';
import { ComPortAccepter } from './com-port-accepter.ts';
import { ciscoBaudRates } from './com-port-codes.ts';

const signature = [...'sercli'].map((letter) => letter.charCodeAt(0));

function serve() {
  const port = new SimulatedComPort();
  const sent: number[][] = [];
  const accepter = new ComPortAccepter({ port, signature: 'sercli', send: (body) => void sent.push([...body]) });
  /** What one command is answered with. */
  const ask = (...body: number[]): number[][] => {
    sent.length = 0;
    accepter.receive(Uint8Array.from(body));
    return [...sent];
  };
  return { port, accepter, sent, ask };
}

const baud = (value: number): number[] => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];

describe('a command and its answer', () => {
  it.each<[what: string, command: number[], answer: number[] | undefined, did?: string]>([
    ['SIGNATURE, asked', [0], [100, ...signature]],
    ['SIGNATURE, told', [0, 65], [100, ...signature]],
    ['SET-BAUDRATE, asked', [1, ...baud(0)], [101, ...baud(9600)]],
    ['SET-BAUDRATE', [1, ...baud(115_200)], [101, ...baud(115_200)], 'configure {"baudRate":115200}'],
    ['SET-BAUDRATE, odd', [1, ...baud(12_345)], [101, ...baud(12_345)], 'configure {"baudRate":12345}'],
    ['SET-BAUDRATE, Cisco', [1, 14], [101, 14], 'configure {"baudRate":115200}'],
    ['SET-BAUDRATE, Cisco, asked', [1, 0], [101, 8]],
    ['SET-BAUDRATE, Cisco, unknown', [1, 99], [101, 8]],
    ['SET-BAUDRATE, cut off', [1, 0, 0], undefined],
    ['SET-DATASIZE, asked', [2, 0], [102, 8]],
    ['SET-DATASIZE', [2, 5], [102, 5], 'configure {"dataBits":5}'],
    ['SET-DATASIZE, senseless', [2, 9], [102, 8]],
    ['SET-PARITY, asked', [3, 0], [103, 1]],
    ['SET-PARITY', [3, 3], [103, 3], 'configure {"parity":"even"}'],
    ['SET-PARITY, mark', [3, 4], [103, 4], 'configure {"parity":"mark"}'],
    ['SET-PARITY, senseless', [3, 6], [103, 1]],
    ['SET-STOPSIZE, asked', [4, 0], [104, 1]],
    ['SET-STOPSIZE', [4, 2], [104, 2], 'configure {"stopBits":2}'],
    ['SET-STOPSIZE, 1.5', [4, 3], [104, 3], 'configure {"stopBits":1.5}'],
    ['flow control, asked', [5, 0], [105, 1]],
    ['flow control, none', [5, 1], [105, 1], 'configure {"flowControl":"none"}'],
    ['flow control, software', [5, 2], [105, 2], 'configure {"flowControl":"software"}'],
    ['flow control, hardware', [5, 3], [105, 3], 'configure {"flowControl":"hardware"}'],
    ['break, asked', [5, 4], [105, 6]],
    ['break on', [5, 5], [105, 5], 'lines {"break":true}'],
    ['break off', [5, 6], [105, 6], 'lines {"break":false}'],
    ['DTR, asked', [5, 7], [105, 9]],
    ['DTR on', [5, 8], [105, 8], 'lines {"dtr":true}'],
    ['DTR off', [5, 9], [105, 9], 'lines {"dtr":false}'],
    ['RTS, asked', [5, 10], [105, 12]],
    ['RTS on', [5, 11], [105, 11], 'lines {"rts":true}'],
    ['RTS off', [5, 12], [105, 12], 'lines {"rts":false}'],
    ['inbound flow control, asked', [5, 13], [105, 14]],
    ['inbound flow control, none', [5, 14], [105, 14]],
    ['inbound flow control, software', [5, 15], [105, 15]],
    ['inbound flow control, hardware', [5, 16], [105, 16]],
    ['flow control by DCD', [5, 17], [105, 17]],
    ['flow control by DTR', [5, 18], [105, 18]],
    ['flow control by DSR', [5, 19], [105, 19]],
    ['SET-CONTROL, senseless', [5, 20], undefined],
    ['SET-CONTROL, cut off', [5], undefined],
    ['NOTIFY-LINESTATE, asked', [6], [106, 0]],
    ['NOTIFY-MODEMSTATE, asked', [7], [107, 0]],
    ['FLOWCONTROL-SUSPEND', [8], undefined, 'suspend'],
    ['FLOWCONTROL-RESUME', [9], undefined, 'resume'],
    ['SET-LINESTATE-MASK', [10, 0x1e], [110, 0x1e]],
    ['SET-MODEMSTATE-MASK, nothing', [11, 0], [111, 0]],
    ['PURGE-DATA, received', [12, 1], [112, 1], 'purge received'],
    ['PURGE-DATA, unsent', [12, 2], [112, 2], 'purge unsent'],
    ['PURGE-DATA, both', [12, 3], [112, 3], 'purge both'],
    ['PURGE-DATA, senseless', [12, 9], [112, 9]],
    ['an unknown command', [13, 1], undefined],
    ['an answer, which no client gives', [101, 1], undefined],
    ['nothing', [], undefined],
  ])('%s', (_, command, answer, did) => {
    const { port, ask } = serve();
    expect(ask(...command)).toEqual(answer === undefined ? [] : [answer]);
    expect(port.log).toEqual(did === undefined ? [] : [did]);
  });

  it('is in one byte for each speed of Cisco', () => {
    const { port, ask } = serve();
    for (const [code, speed] of ciscoBaudRates) {
      expect(ask(1, code)).toEqual([[101, code]]);
      expect(port.settings.baudRate).toBe(speed);
    }
  });
});

describe('settings that the device does not take as they were asked for', () => {
  it('answers a speed as asked when the device has it within 3 %', () => {
    const { port, ask } = serve();
    port.device = (settings) => ({ ...settings, baudRate: 111_861 });
    expect(ask(1, ...baud(115_200))).toEqual([[101, ...baud(115_200)]]);
    expect(ask(1, ...baud(0))).toEqual([[101, ...baud(111_861)]]);
  });

  it('answers with the speed in force when it is farther off', () => {
    const { port, ask } = serve();
    port.device = (settings) => ({ ...settings, baudRate: 111_000 });
    expect(ask(1, ...baud(115_200))).toEqual([[101, ...baud(111_000)]]);
  });

  it('answers with the format in force', () => {
    const { port, ask } = serve();
    port.device = (settings) => settings;
    expect(ask(2, 5)).toEqual([[102, 8]]);
    expect(ask(3, 5)).toEqual([[103, 1]]);
    expect(ask(4, 3)).toEqual([[104, 1]]);
  });

  it('remembers what was neither done nor refused', () => {
    const { port, ask } = serve();
    port.isSlow = true;
    expect(ask(2, 7)).toEqual([]);
    port.waiting[0]?.('as-asked');
    expect(ask(2, 0)).toEqual([[102, 7]]);
  });

  it('corrects an answer that turns out to be wrong', () => {
    const { port, ask, sent } = serve();
    port.isSlow = true;
    ask(1, ...baud(300));
    port.waiting[0]?.('as-asked');
    expect(sent).toEqual([[101, ...baud(300)]]);
    port.waiting[0]?.({ ...port.settings, baudRate: 9600 });
    expect(sent).toEqual([
      [101, ...baud(300)],
      [101, ...baud(9600)],
    ]);
    expect(ask(1, ...baud(0))).toEqual([[101, ...baud(9600)]]);
  });

  it('does not take the outcome of an older change for that of a newer one', () => {
    const { port, ask } = serve();
    port.isSlow = true;
    ask(1, ...baud(300));
    ask(1, ...baud(600));
    port.waiting[0]?.({ ...port.settings, baudRate: 300 });
    expect(ask(1, ...baud(0))).toEqual([[101, ...baud(600)]]);
  });
});

describe('a device without modem lines', () => {
  it('is answered for as asked, also when it is asked later', () => {
    const { port, ask } = serve();
    port.hasLines = false;
    expect(ask(5, 8)).toEqual([[105, 8]]);
    expect(ask(5, 7)).toEqual([[105, 8]]);
    expect(ask(5, 12)).toEqual([[105, 12]]);
    expect(ask(5, 10)).toEqual([[105, 12]]);
    expect(ask(5, 5)).toEqual([[105, 5]]);
    expect(ask(5, 4)).toEqual([[105, 5]]);
  });

  it('remembers flow control that it cannot do', () => {
    const { port, ask } = serve();
    port.device = (settings) => settings;
    expect(ask(5, 3)).toEqual([[105, 3]]);
    expect(ask(5, 0)).toEqual([[105, 3]]);
    expect(ask(5, 13)).toEqual([[105, 16]]);
    expect(ask(5, 1)).toEqual([[105, 1]]);
    expect(ask(5, 17)).toEqual([[105, 17]]);
    expect(ask(5, 0)).toEqual([[105, 17]]);
    expect(ask(5, 13)).toEqual([[105, 14]]);
  });
});

describe('modem lines', () => {
  const inputs = { dtr: true, rts: true, cts: false, dsr: false, dcd: false, ri: false };

  it('are told when com-port control is agreed, and then each change with what has changed', () => {
    const { port, accepter, sent } = serve();
    port.lines = { ...inputs, cts: true };
    accepter.linesChanged(port.lines);
    expect(sent).toEqual([]);
    accepter.agreed();
    accepter.linesChanged({ ...inputs, cts: true, dsr: true });
    accepter.linesChanged({ ...inputs, cts: true, dsr: true, dcd: true, ri: true });
    accepter.linesChanged({ ...inputs, dsr: true, dcd: true });
    expect(sent).toEqual([
      [107, 0x10],
      [107, 0x32],
      [107, 0xf8],
      [107, 0xa5],
    ]);
  });

  it('are not told when only outputs changed', () => {
    const { port, accepter, sent } = serve();
    port.lines = inputs;
    accepter.agreed();
    sent.length = 0;
    accepter.linesChanged({ ...inputs, dtr: false });
    expect(sent).toEqual([]);
  });

  it('are masked, in what is told and in when', () => {
    const { port, accepter, ask, sent } = serve();
    port.lines = { ...inputs, cts: true };
    accepter.agreed();
    expect(ask(11, 0xf0)).toEqual([
      [111, 0xf0],
      [107, 0x10],
    ]);
    accepter.linesChanged({ ...inputs, cts: false });
    expect(sent.at(-1)).toEqual([107, 0]);
    ask(11, 0x20);
    sent.length = 0;
    accepter.linesChanged({ ...inputs, cts: true });
    expect(sent).toEqual([]);
    accepter.linesChanged({ ...inputs, cts: true, dsr: true });
    expect(sent).toEqual([[107, 0x20]]);
    ask(11, 0);
    sent.length = 0;
    accepter.linesChanged(inputs);
    expect(sent).toEqual([]);
  });
});

describe('the state of the line', () => {
  it('is told as far as the client wants to know it', () => {
    const { accepter, ask, sent } = serve();
    accepter.agreed();
    expect(accepter.lineCondition('break')).toBe(false);
    ask(10, 0x1e);
    sent.length = 0;
    expect(accepter.lineCondition('break')).toBe(true);
    expect(accepter.lineCondition('framing')).toBe(true);
    expect(accepter.lineCondition('parity')).toBe(true);
    expect(accepter.lineCondition('overrun')).toBe(true);
    expect(accepter.lineCondition('sent')).toBe(false);
    ask(10, 0x40);
    expect(accepter.lineCondition('sent')).toBe(true);
    expect(sent).toEqual([
      [110, 0x40],
      [106, 0x40],
    ]);
  });

  it('is not told to a client without com-port control', () => {
    const { accepter, ask } = serve();
    ask(10, 0xff);
    expect(accepter.lineCondition('break')).toBe(false);
  });
});

describe('a hostile client', () => {
  it('gets one answer a command at most, but for a mask', () => {
    const { ask } = serve();
    const random = randomSource(4);
    let worst = 0;
    for (let turn = 0; turn < 100_000; turn += 1) {
      const command = Array.from({ length: random(7) }, (_, at) => (at === 0 ? random(16) : random(256)));
      const answers = ask(...command);
      worst = Math.max(worst, answers.length - (command[0] === 11 ? 1 : 0));
    }
    expect(worst).toBe(1);
  });
});
