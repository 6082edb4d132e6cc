import { VirtualClock } from '@sercli/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BoardMemory } from './bulletin-board-memory.ts';
import { openSimulator } from './simulators.ts';

/** A terminal on the modem, in virtual time. */
function terminal(baudRate = 9600) {
  const clock = new VirtualClock();
  const memory = new BoardMemory();
  const link = openSimulator('modem', { baudRate }, { clock, memory });
  const inputs: string[] = [];
  let screen = '';
  const readAll = (): void => {
    for (let bytes = link.peek(4096); bytes.length > 0; bytes = link.peek(4096)) {
      screen += String.fromCharCode(...bytes);
      link.consume(bytes.length);
    }
  };
  link.listen({
    readable: readAll,
    writable: () => undefined,
    event: (event) => {
      if (event.kind === 'lines') inputs.push(`${event.lines.dcd ? 'DCD' : ''}${event.lines.ri ? 'RI' : ''}`);
    },
  });
  /** Types, lets time pass, and gives what came on the screen. */
  const type = async (text: string, waitMs = 1000): Promise<string> => {
    screen = '';
    link.write(Uint8Array.from(text, (sign) => sign.charCodeAt(0)));
    await clock.advance(waitMs);
    return screen;
  };
  return { clock, memory, link, inputs, type };
}

async function onTheBoard(baudRate = 9600) {
  const made = terminal(baudRate);
  await made.type('ATE0\r');
  const connected = await made.type('ATDT5550100\r', 30_000);
  return { ...made, connected };
}

describe('the modem in command state', () => {
  it.each([
    ['AT\r', 'AT\r\r\nOK\r\n'],
    ['at\r', 'at\r\r\nOK\r\n'],
    ['ATV0\r', 'ATV0\r0\r'],
    ['ATQ1\r', 'ATQ1\r'],
    ['ATE0\r', 'ATE0\r\r\nOK\r\n'],
    ['ATS7?\r', 'ATS7?\r\r\n050\r\n\r\nOK\r\n'],
    ['ATS0=3S0?\r', 'ATS0=3S0?\r\r\n003\r\n\r\nOK\r\n'],
    ['ATS0=300\r', 'ATS0=300\r\r\nERROR\r\n'],
    ['ATS777?\r', 'ATS777?\r\r\nERROR\r\n'],
    ['ATI1\r', 'ATI1\r\r\n255\r\n\r\nOK\r\n'],
    ['ATI9\r', 'ATI9\r\r\nERROR\r\n'],
    ['AT&FE1V1Q0X4&C1&D2\r', 'AT&FE1V1Q0X4&C1&D2\r\r\nOK\r\n'],
    ['ATJ\r', 'ATJ\r\r\nERROR\r\n'],
    ['AT&\r', 'AT&\r\r\nERROR\r\n'],
    ['xxATjj\r', 'xxATjj\r\r\nERROR\r\n'],
    ['hello\r', 'hello\r'],
    ['\r\n', '\r\n'],
    ['ATX\bZ\r', 'ATX\bZ\r\r\nOK\r\n'],
    ['ATH\r', 'ATH\r\r\nOK\r\n'],
    ['ATO\r', 'ATO\r\r\nNO CARRIER\r\n'],
    ['ATDTnobody\r', 'ATDTnobody\r\r\nERROR\r\n'],
  ])('answers %j with %j', async (typed, seen) => {
    expect(await terminal().type(typed)).toBe(seen);
  });

  it('repeats the last line at A/', async () => {
    const { type } = terminal();
    await type('ATI1\r');
    expect(await type('A/')).toBe('A/\r\n255\r\n\r\nOK\r\n');
  });

  it('shows the profile, and brings it back with ATZ after AT&W', async () => {
    const { type } = terminal();
    await type('ATE0S7=30&W\r');
    expect(await type('AT&V\r')).toContain('E0 L1 M1 Q0 V1 X4');
    await type('AT&F\r');
    await type('ATZ\r');
    expect(await type('ATS7?\r')).toBe('\r\n030\r\n\r\nOK\r\n');
  });

  it('refuses a line that is too long', async () => {
    expect(await terminal().type(`ATE0${' '.repeat(400)}\r`, 2000)).toContain('ERROR');
  });
});

describe('a call', () => {
  it('connects at the speed of the port, raises DCD, and brings the banner', async () => {
    const { connected, link, inputs } = await onTheBoard();
    expect(connected).toMatch(/^\r\nCONNECT 9600\r\n/);
    expect(connected).toContain('Your name? ');
    expect(link.lines.dcd).toBe(true);
    expect(inputs).toEqual(['DCD']);
  });

  it.each([
    ['ATDT1\r', 'NO ANSWER'],
    ['ATDP3\r', 'BUSY'],
    ['ATD2\r', 'NO CARRIER'],
    ['ATX0DT3\r', 'NO CARRIER'],
    ['ATDT555,W3;\r', 'OK'],
  ])('%j ends with %s', async (typed, result) => {
    const { type } = terminal();
    await type('ATE0\r');
    expect(await type(typed, 1500)).toBe('');
    expect(await type('', 60_000)).toBe(`\r\n${result}\r\n`);
    expect(await type('AT\r')).toBe('\r\nOK\r\n');
  });

  it('is given up by any key while dialling, but not by the line feed of its own line', async () => {
    const { type } = terminal();
    await type('ATE0\r');
    expect(await type('ATDT5550100\r\n')).toBe('');
    expect(await type('x')).toBe('\r\nNO CARRIER\r\n');
  });

  it('escapes with +++ in silence, keeps the carrier, and goes back with ATO', async () => {
    const { type, link } = await onTheBoard();
    expect(await type('a+++b', 3000)).toBe('a+++b');
    await type('\r', 3000);
    expect(await type('+++', 500)).toBe('');
    expect(await type('', 1000)).toBe('\r\nOK\r\n');
    expect(link.lines.dcd).toBe(true);
    expect(await type('ATO\r')).toBe('\r\nCONNECT 9600\r\n');
    expect(await type('t')).toContain('You have been online');
    await type('', 2000);
    await type('+++', 2500);
    expect(await type('ATH\r')).toBe('\r\nOK\r\n');
    expect(link.lines.dcd).toBe(false);
  });

  it('ends when DTR falls', async () => {
    const { type, link, clock } = await onTheBoard();
    const dropped = link.runSequence([{ dtr: false, waitMs: 100 }, { dtr: true }]);
    await clock.advance(500);
    await dropped;
    expect(link.lines.dcd).toBe(false);
    expect(await type('AT\r')).toContain('OK');
  });

  it('can be the other way round: the call-back line rings', async () => {
    const { type, inputs, link } = terminal();
    await type('ATE0\r');
    expect(await type('ATDT5550199\r', 6000)).toBe('\r\nBUSY\r\n');
    expect(await type('', 8000)).toBe('\r\nRING\r\n');
    expect(inputs.slice(0, 2)).toEqual(['RI', '']);
    expect(await type('ATA\r', 10_000)).toContain('CONNECT 9600');
    expect(link.lines.dcd).toBe(true);
  });

  it('is answered by itself after the rings that S0 says', async () => {
    const { type } = terminal();
    await type('ATE0S0=2\r');
    expect(await type('ATDT5550199\r', 60_000)).toMatch(/BUSY\r\n\r\nRING\r\n\r\nRING\r\n\r\nCONNECT 9600/);
  });
});

describe('the line', () => {
  it('takes as long as its speed says, and follows a change of settings', async () => {
    const { clock, link, type } = terminal(300);
    await type('ATE0\r', 5000);
    const answer = '\r\n255\r\n\r\nOK\r\n';
    // 6 bytes there and 13 back, at 10 bits each.
    const slow = ((6 + answer.length) * 10_000) / 300;
    expect(await type('ATI1\r', slow * 0.8)).not.toBe(answer);
    await clock.advance(1000);
    const changed = link.configure({ baudRate: 9600 });
    await clock.advance(1000);
    expect((await changed).baudRate).toBe(9600);
    expect(await type('ATI1\r', slow / 10)).toBe(answer);
  });

  it('never throws, hangs or grows, whatever is typed, and whoever does not read', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.string({ maxLength: 40 }).map(commandBytes))),
        async (inputs) => {
          const { clock, link } = terminal(100_000);
          link.listen({ readable: () => undefined, writable: () => undefined, event: () => undefined });
          for (const bytes of [commandBytes('DT5550100'), ...inputs, ...inputs]) {
            link.write(bytes);
            await clock.advance(700);
          }
          expect(clock.pending).toBeLessThan(8);
          link.consume(link.peek(100_000).length);
          await link.close();
          expect(clock.pending).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('loses nothing of a long text when the reader is slow', async () => {
    const { clock, link, type } = await onTheBoard(115_200);
    await type('Ann\r');
    link.listen({ readable: () => undefined, writable: () => undefined, event: () => undefined });
    for (let round = 0; round < 150; round += 1) {
      link.write(Uint8Array.from('h  ', (sign) => sign.charCodeAt(0)));
      await clock.advance(500);
    }
    let text = '';
    for (let quiet = 0; quiet < 3; quiet += 1) {
      for (let bytes = link.peek(4096); bytes.length > 0; bytes = link.peek(4096)) {
        text += String.fromCharCode(...bytes);
        link.consume(bytes.length);
        quiet = 0;
        await clock.advance(1000);
      }
      await clock.advance(1000);
    }
    expect(text.split('A SHORT HISTORY OF A SOCKET')).toHaveLength(151);
    expect(text.split('that is what still answers.')).toHaveLength(151);
  });
});

function commandBytes(text: string): Uint8Array {
  return Uint8Array.from(`AT${text}\r`, (sign) => sign.charCodeAt(0) & 0xff);
}
