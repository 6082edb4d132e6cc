import { describe, expect, it } from 'vitest';
import { AccepterBench, settled } from '../testing/accepter-bench.ts';
import { MemoryLink } from '../testing/memory-link.ts';

const opening = 'ff fb 03 ff fd 03 ff fb 01 ff fe 01 ff fd 00 ff fb 00';
/** WILL COM-PORT */
const agree = '0xff fb 2c';
const command = (...bytes: number[]): Uint8Array => Uint8Array.of(0xff, 0xfa, 44, ...bytes, 0xff, 0xf0);
const answer = (hex: string): string => `ff fa 2c ${hex} ff f0`;

/** A client that has agreed to com-port control, and forgotten what was said for that. */
async function agreed(link = new MemoryLink(), options: { allowsSettings?: boolean } = {}) {
  const bench = new AccepterBench('rfc2217', { link, ...options });
  await bench.send(agree);
  bench.forget();
  return bench;
}

describe('an RFC 2217 session', () => {
  it('opens as ser2net does and tells the modem lines when com-port control is agreed', async () => {
    const link = new MemoryLink();
    link.setInputs({ cts: true, dcd: true });
    const bench = new AccepterBench('rfc2217', { link });
    await settled();
    expect(bench.received).toBe(`${opening} ff fd 2c`);
    bench.forget();
    await bench.send(agree);
    expect(bench.received).toBe(answer('6b 90'));
  });

  it('applies data, settings and lines in the order in which they came', async () => {
    const link = new MemoryLink();
    link.room = 3;
    const bench = await agreed(link);
    await bench.send('before', command(1, 0, 0, 0x25, 0x80), 'between', command(5, 9), command(2, 7), 'behind');
    expect(link.log).toEqual(['"bef"']);
    link.makeRoom(1000);
    await settled();
    expect(link.log).toEqual([
      '"before"',
      'configure {"baudRate":9600}',
      '"between"',
      'step {"dtr":false}',
      'configure {"dataBits":7}',
      '"behind"',
    ]);
  });

  it('answers lines at once, and settings when they are in force', async () => {
    const link = new MemoryLink();
    link.isHolding = true;
    const bench = await agreed(link);
    await bench.send(command(5, 11), command(1, 0, 0, 0x25, 0x80));
    expect(bench.received).toBe(answer('69 0b'));
    link.release();
    await settled();
    expect(bench.received).toBe(`${answer('69 0b')} ${answer('65 00 00 25 80')}`);
  });

  it('answers as asked when what was written before takes long to leave', async () => {
    const link = new MemoryLink();
    link.room = 0;
    const bench = await agreed(link);
    await bench.send('held by CTS', command(1, 0, 0, 0x25, 0x80));
    await bench.clock.advance(499);
    expect(bench.received).toBe('');
    await bench.clock.advance(1);
    await settled();
    expect(bench.received).toBe(answer('65 00 00 25 80'));
    link.makeRoom(1000);
    await settled();
    expect(link.log).toEqual(['"held by CTS"', 'configure {"baudRate":9600}']);
    expect(bench.received).toBe(answer('65 00 00 25 80'));
  });

  it('answers for a device without modem lines as asked', async () => {
    const link = new MemoryLink({ hasLines: false });
    const bench = await agreed(link);
    await bench.send(command(5, 8), command(5, 12), command(5, 5), command(5, 6), command(5, 7));
    expect(bench.received).toBe(['69 08', '69 0c', '69 05', '69 06', '69 08'].map(answer).join(' '));
  });

  it('remembers the format of a device without a line', async () => {
    const link = new MemoryLink({ hasLines: false });
    link.configure = async () => link.settings;
    const bench = await agreed(link);
    await bench.send(command(2, 7), command(3, 3), command(2, 0));
    expect(bench.received).toBe(['66 07', '67 03', '66 07'].map(answer).join(' '));
  });

  it('tells what is in force when the port does not let itself be set', async () => {
    const link = new MemoryLink();
    link.configure = async () => {
      throw new Error('the settings are fixed');
    };
    const bench = await agreed(link);
    await bench.send(command(1, 0, 0, 0x25, 0x80));
    expect(bench.received).toBe(answer('65 00 01 c2 00'));
  });

  it.each([
    ['who may set nothing', { allowsSettings: false }, true],
    ['who only watches', {}, false],
  ])('answers a client %s as asked, and applies nothing', async (_, options, hasControl) => {
    const link = new MemoryLink();
    link.hasControl = hasControl;
    const bench = await agreed(link, options);
    await bench.send(command(1, 0, 0, 0x25, 0x80), command(5, 9), command(2, 7), command(2, 0));
    expect(bench.received).toBe(['65 00 00 25 80', '69 09', '66 07', '66 07'].map(answer).join(' '));
    expect(link.log).toEqual([]);
  });

  it('tells each change of the modem lines at once, between the bytes', async () => {
    const bench = await agreed();
    bench.link.receive('a');
    bench.link.setInputs({ cts: true });
    bench.link.receive('b');
    bench.link.setInputs({ cts: false, dsr: true });
    await settled();
    expect(bench.received).toBe(`61 ${answer('6b 11')} 62 ${answer('6b 23')}`);
  });

  it('tells that the modem lines are off while the device is away', async () => {
    const link = new MemoryLink();
    link.setInputs({ dcd: true });
    const bench = await agreed(link);
    link.setState({ kind: 'lost', reason: 'unplugged' });
    link.setState({ kind: 'up' });
    await settled();
    expect(bench.received).toBe(`${answer('6b 08')} ${answer('6b 88')}`);
  });

  it('tells breaks, errors and gaps in their place to who wants to know them', async () => {
    const bench = await agreed();
    await bench.send(command(10, 0x1e));
    bench.forget();
    const { link } = bench;
    link.receive('a');
    link.receiveBreak();
    link.receive('b');
    link.receiveGap(5);
    link.receive('c');
    await settled();
    expect(bench.received).toBe(`61 ${answer('6a 10')} 62 ${answer('6a 02')} 63`);
  });

  it('is ended by a gap that the client does not want to know', async () => {
    const bench = await agreed();
    bench.link.receiveGap(5);
    expect((await bench.session.closed)?.code).toBe('reader-too-slow');
  });

  it('sends nothing while the client has suspended it, and no byte less when it goes on', async () => {
    const bench = await agreed();
    await bench.send(command(8));
    bench.link.receive('held');
    await settled();
    expect(bench.received).toBe('');
    expect(bench.link.unreadBytes).toBe(4);
    await bench.send(command(9));
    expect(bench.bytes.toString()).toBe('held');
  });

  it('purges what was received and not sent yet, before it says so', async () => {
    const bench = await agreed();
    await bench.send(command(8));
    bench.link.receive('old');
    await bench.send(command(12, 1), command(9));
    bench.link.receive('new');
    await settled();
    expect(bench.link.log).toEqual(['flush received']);
    expect(bench.received).toBe(`${answer('70 01')} 6e 65 77`);
  });

  it('purges what the device has not taken yet, and keeps what was asked of it', async () => {
    const link = new MemoryLink();
    link.room = 2;
    const bench = await agreed(link);
    await bench.send('old', command(5, 9), command(12, 2), 'new');
    link.makeRoom(100);
    await settled();
    expect(bench.received).toBe(`${answer('69 09')} ${answer('70 02')}`);
    expect(link.log).toEqual(['"ol"', 'flush unsent', 'step {"dtr":false}', '"new"']);
  });

  it('survives a subnegotiation of 100 kB, an empty one, and one byte a segment', async () => {
    const bench = await agreed();
    await bench.send(new Uint8Array([0xff, 0xfa, 44, 0, ...new Array<number>(100_000).fill(65), 0xff, 0xf0]));
    await bench.send('0xff fa ff f0');
    for (const byte of command(5, 8)) await bench.send(Uint8Array.of(byte));
    await bench.send('on');
    const signature = [...'sercli'].map((letter) => letter.charCodeAt(0).toString(16)).join(' ');
    expect(bench.received).toBe(`${answer(`64 ${signature}`)} ${answer('69 08')}`);
    expect(bench.link.written.toString()).toBe('on');
  });

  it('does not keep the answers of a client that reads none', async () => {
    const bench = new AccepterBench('rfc2217', { isDeaf: true });
    const asks = Buffer.concat(Array.from({ length: 10_000 }, () => command(0)));
    for (let turn = 0; turn < 20; turn += 1) bench.client.write(asks);
    await settled();
    expect(bench.stream.writableLength).toBeLessThan(600_000);
    expect(bench.client.writableLength).toBeGreaterThan(600_000);
    bench.listen();
    await settled();
  });
});

describe('a telnet session', () => {
  it('takes up com-port control when it is asked, and is called so then', async () => {
    const bench = new AccepterBench('telnet');
    await settled();
    expect(bench.received).toBe(opening);
    expect(bench.session.protocol).toBe('telnet');
    bench.forget();
    await bench.send(agree);
    expect(bench.received).toBe(`ff fd 2c ${answer('6b 00')}`);
    expect(bench.session.protocol).toBe('rfc2217');
  });

  it('refuses com-port control to a client who may set nothing', async () => {
    const bench = new AccepterBench('telnet', { allowsSettings: false });
    await settled();
    bench.forget();
    await bench.send(agree);
    expect(bench.received).toBe('ff fe 2c');
  });

  it('sends a break in its place, and says that it is there', async () => {
    const bench = new AccepterBench('telnet', { allowsSettings: false });
    await bench.send('a', '0xff f3', 'b');
    expect(bench.link.log).toEqual(['"a"', 'step {"break":true,"waitMs":250}', 'step {"break":false}', '"b"']);
    bench.forget();
    await bench.send('0xff f6');
    expect(bench.bytes.toString()).toBe('\r\n[ttyM: yes]\r\n');
  });

  it.each([
    [true, 2],
    [false, 0],
  ])('sends a break for a synch only where it is told to (%s)', async (telnetBreakOnSync, steps) => {
    const bench = new AccepterBench('telnet', { telnetBreakOnSync });
    await bench.send('0xff f2');
    expect(bench.link.log).toHaveLength(steps);
  });

  it('escapes its banner', async () => {
    const bench = new AccepterBench('telnet', { banner: Uint8Array.of(65, 255) });
    await settled();
    expect(bench.received).toBe(`${opening} 41 ff ff`);
  });

  it('begins no more breaks at once than a device can bear', async () => {
    const link = new MemoryLink();
    link.isHolding = true;
    let begun = 0;
    link.runSequence = () => {
      begun += 1;
      return new Promise(() => undefined);
    };
    const bench = new AccepterBench('telnet', { link });
    await bench.send(Buffer.alloc(20_000, Buffer.of(0xff, 0xf3)));
    expect(begun).toBe(16);
  });
});
