import { type ModemOutputs, noModemLines, parseSequence, type SequenceStep } from '@sercli/protocol';
import { ChildProgram, type LinkApplication, systemPython } from '@sercli/testkit';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { expectedOutputs } from '../testbed/expected-outputs.ts';
import { loopLinesOf } from '../testbed/looped-lines.ts';
import { requiresGuest } from '../testbed/requires-guest.ts';
import { SerialHost } from '../testbed/serial-host.ts';

const config = `
name: SerialMachine
lingerMs: 0
ports:
  ttyS0: /dev/ttyS0
  ttyS1: { device: /dev/ttyS1, hupcl: false, dtr: off, rts: on }
  ttyS4: { device: /dev/ttyS4, keepOpen: true }
  adapter: { match: { serial: A50285BI } }
  pulsed: { match: { serial: FT0PULSED }, hupcl: false, dtr: off, rts: off }
  steady: { match: { serial: FT0STEADY }, hupcl: false }
  kept: { match: { serial: FT0KEPT }, keepOpen: true, dtr: off, rts: off }
`;
const adapters = { adapter: 'A50285BI', pulsed: 'FT0PULSED', steady: 'FT0STEADY' };

const [off, both, rtsOnly] = ['-', 'DTR RTS', 'RTS'];

/** What the outputs go through, their state before included: what the guide promises to boards that reset. */
const promises = [
  { ports: ['ttyS0', 'adapter'], what: 'rise and fall', first: [off, both], later: [off, both], closed: off },
  { ports: ['pulsed'], what: 'have a pulse', first: [off, both, off], later: [off, both, off], closed: off },
  { ports: ['steady'], what: 'rise once and stay', first: [off, both], later: [both], closed: both },
  {
    ports: ['ttyS1'],
    what: 'have a pulse of DTR alone',
    first: [off, both, rtsOnly],
    later: [rtsOnly, both, rtsOnly],
    closed: rtsOnly,
  },
].flatMap(({ ports, ...promise }) => ports.map((port) => ({ port, ...promise })));

const allOutputs = [true, false].flatMap((dtr) => [true, false].map((rts) => ({ dtr, rts })));

requiresGuest('modem lines and breaks', () => {
  let host: SerialHost;
  beforeAll(async () => {
    host = await SerialHost.start(config);
    for (const [port, serialNumber] of Object.entries(adapters)) {
      await (await host.guest.makeAdapter(serialNumber)).plug();
      await host.portIs(port, ({ state }) => state === 'idle');
    }
  });
  afterAll(() => host?.close());

  const open = async (port: string): Promise<LinkApplication> => {
    const application = await host.open(port);
    onTestFinished(() => application.link.close());
    return application;
  };
  const outputsNow = (): ModemOutputs => host.guest.trace.outputsSince(0).at(-1) ?? noModemLines;
  /** Every step by itself, in its order, and no sooner than the sequence says. */
  const expectTraced = (steps: readonly SequenceStep[], before: ModemOutputs, mark: number): void => {
    const traced = host.guest.trace.outputsSince(mark);
    const expected = expectedOutputs(before, steps);
    expect(traced.map(({ dtr, rts }) => ({ dtr, rts }))).toEqual(expected.map(({ dtr, rts }) => ({ dtr, rts })));
    for (const [index, { afterMs }] of expected.entries()) {
      if (index === 0) continue;
      const [from, to] = [traced[index - 1]?.atMs ?? Number.NaN, traced[index]?.atMs ?? Number.NaN];
      // The guest's clock and this machine's differ by some microseconds.
      expect(to - from).toBeGreaterThan(afterMs - 1);
    }
  };
  const breaksSince = (mark: number) =>
    host.guest.trace.since(mark).flatMap((event) => (event.kind === 'break' ? [event] : []));

  // First of all: that nobody has opened the ports before is a part of it.
  describe('at opening and closing', () => {
    /** The outputs from `before` on, as each write since `mark` made them. */
    const outputsSince = (mark: number, before: string): string[] => {
      const written = host.guest.trace.since(mark).flatMap((event) => {
        if (event.kind !== 'outputs') return [];
        return [[event.dtr ? 'DTR' : '', event.rts ? 'RTS' : ''].join(' ').trim() || off];
      });
      return [before, ...written].filter((outputs, index, all) => outputs !== all[index - 1]);
    };

    it.each(promises)('of $port $what', async ({ port, first, later, closed }) => {
      for (const expected of [first, later, later]) {
        const opening = host.guest.trace.mark();
        const { link } = await host.open(port);
        const opened = outputsSince(opening, expected[0] ?? off);
        expect(opened).toEqual(expected);
        const closing = host.guest.trace.mark();
        await link.close();
        await host.portIs(port, ({ state }) => state === 'idle');
        const last = opened.at(-1) ?? off;
        expect(outputsSince(closing, last)).toEqual(closed === last ? [last] : [last, closed]);
      }
    });

    it('of a port that is kept open have a pulse when it is opened, and none after that', async () => {
      const plugging = host.guest.trace.mark();
      await (await host.guest.makeAdapter('FT0KEPT')).plug();
      await host.portIs('kept', ({ state }) => state === 'open');
      expect(outputsSince(plugging, off)).toEqual([off, both, off]);
      const after = host.guest.trace.mark();
      for (let session = 0; session < 2; session += 1) await (await host.open('kept')).link.close();
      expect(outputsSince(after, off)).toEqual([off]);
    });
  });

  describe.each(['ttyS0', 'adapter'])('out of %s', (port) => {
    it.each(allOutputs)('DTR $dtr, RTS $rts', async (outputs) => {
      const { link } = await open(port);
      await link.runSequence([outputs]);
      expect(outputsNow()).toMatchObject(outputs);
    });

    it('a sequence in its order and with its times at least', async () => {
      const { link } = await open(port);
      const steps: SequenceStep[] = [
        { dtr: false, rts: true, waitMs: 100 },
        { dtr: true, rts: false, waitMs: 50 },
        { dtr: false, waitMs: 20 },
        { dtr: true, rts: true },
      ];
      const [before, mark] = [outputsNow(), host.guest.trace.mark()];
      await link.runSequence(steps);
      expectTraced(steps, before, mark);
    });

    it('a break of the length that was asked for, at least', async () => {
      const { link } = await open(port);
      const mark = host.guest.trace.mark();
      await link.runSequence([{ break: true, waitMs: 250 }, { break: false }]);
      const [on, off] = breaksSince(mark);
      expect([on?.isOn, off?.isOn]).toEqual([true, false]);
      expect((off?.atMs ?? 0) - (on?.atMs ?? 0)).toBeGreaterThan(250 - 1);
    });
  });

  it('outputs looped to inputs come back as they are, in all combinations', async () => {
    const application = await open('ttyS0');
    const { link } = application;
    await host.guest.run(loopLinesOf('ttyS0'));
    for (const outputs of allOutputs) {
      await link.runSequence([outputs]);
      await application.until(() => link.lines.dsr === outputs.dtr && link.lines.cts === outputs.rts);
      expect(link.lines).toMatchObject({ ...outputs, dsr: outputs.dtr, cts: outputs.rts });
    }
  });

  describe('from the command line', () => {
    const run = async (...args: string[]): Promise<string> => {
      const program = await host.sercli(...args, '--json');
      await program.expectExit(0, 30_000);
      return program.stdout.text;
    };
    const address = 'SerialMachine/ttyS4';

    it.each(allOutputs)('lines: DTR $dtr, RTS $rts, looped', async ({ dtr, rts }) => {
      await host.guest.run(loopLinesOf('ttyS4'));
      const level = (isOn: boolean): string => (isOn ? 'on' : 'off');
      await run('lines', address, '--dtr', level(dtr), '--rts', level(rts));
      expect(outputsNow()).toMatchObject({ dtr, rts });
      expect(JSON.parse(await run('lines', address)).lines).toMatchObject({ dtr, rts, dsr: dtr, cts: rts });
    });

    it.each(['arduino', 'esp32', 'esp32-bootloader'])('reset: %s', async (name) => {
      const [before, mark] = [outputsNow(), host.guest.trace.mark()];
      const { sequence } = JSON.parse(await run('reset', address, '--as', name));
      expectTraced(parseSequence(sequence), before, mark);
    });

    it('break', async () => {
      const mark = host.guest.trace.mark();
      await run('break', address, '--ms', '300');
      const [on, off] = breaksSince(mark);
      expect((off?.atMs ?? 0) - (on?.atMs ?? 0)).toBeGreaterThan(300 - 1);
    });
  });

  it('a break comes in as an event at its place among the bytes', async () => {
    const application = await open('ttyS0');
    const start = application.link.readOffset;
    const far = host.guest.far('ttyS0');
    // 0 is what a break looks like, and 255 what marks one for the reader (PARMRK, termios(3)).
    const bytes = Buffer.from([1, 0, 255, 255, 0, 2]);
    for (let round = 1; round <= 3; round += 1) {
      far.send(bytes);
      await application.until(() => application.link.readOffset >= start + bytes.length * round);
      await host.guest.sendBreak('ttyS0');
      await application.until(() => breaksIn(application).length === round);
    }
    far.send(bytes);
    await application.until(() => application.link.readOffset >= start + bytes.length * 4);
    expect(Buffer.from(application.received.from())).toEqual(Buffer.concat([bytes, bytes, bytes, bytes]));
    expect(breaksIn(application)).toEqual([1, 2, 3].map((round) => start + bytes.length * round));
  });

  it.each([
    { flags: '0', reads: '61 00 62ff63' },
    { flags: 'termios.PARMRK', reads: '61 ff0000 62ffff63' },
    { flags: 'termios.IGNBRK', reads: '61 62ff63' },
  ])('an application whose c_iflag is $flags reads a break as at a serial port', async ({ flags, reads }) => {
    const attached = await host.attach('SerialMachine/ttyS0');
    const namespace = host.guest.laptop;
    const application = await ChildProgram.start(systemPython, ['-uc', readingProgram(flags), attached.link], {
      namespace,
    });
    onTestFinished(async () => {
      await application.end('SIGKILL');
      await attached.program.end('SIGINT');
    });
    await Promise.all([application.stdout.waitFor(/ready/), attached.next('application')]);
    const far = host.guest.far('ttyS0');
    far.send(Buffer.from('a'));
    await application.stdout.waitFor(/61/);
    await host.guest.sendBreak('ttyS0');
    await attached.next('link-event');
    far.send(Buffer.from([0x62, 0xff, 0x63]));
    const [, hex = ''] = await application.stdout.waitFor(/all ([0-9a-f]+)/);
    expect(hex).toBe(reads.replaceAll(' ', ''));
  });

  it('stay as they were set when a port is closed that does not hang up', async () => {
    const { link } = await open('ttyS1');
    expect(outputsNow()).toMatchObject({ dtr: false, rts: true });
    await link.runSequence([{ dtr: true, rts: false }]);
    const closing = host.guest.trace.mark();
    await link.close();
    await host.portIs('ttyS1', ({ state }) => state === 'idle');
    expect(outputsNow()).toMatchObject({ dtr: true, rts: false });
    expect(host.guest.trace.outputsSince(closing)).toEqual([]);
  });
});

/** Where in the received bytes there was a break. */
function breaksIn({ events }: LinkApplication): number[] {
  return events.flatMap((event) => (event.kind === 'break' ? [event.offset] : []));
}

/** Prints all that it has read so far, until a c comes. */
function readingProgram(flags: string): string {
  return `
import os, sys, termios, tty
fd = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
tty.setraw(fd, termios.TCSANOW)
wanted = termios.tcgetattr(fd)
wanted[0] = ${flags}
termios.tcsetattr(fd, termios.TCSANOW, wanted)
print('ready')
data = b''
while not data.endswith(b'c'):
  data += os.read(fd, 100)
  print(data.hex())
print('all', data.hex())`;
}
