import { defaultLineSettings } from '@sercli/protocol';
import { LinkApplication, serialLinkSuite, VirtualClock, VirtualUart, type VirtualUartOptions } from '@sercli/testkit';
import { beforeEach, describe, expect, it } from 'vitest';
import { TtyLink } from './tty-link.ts';

const info = { name: 'ttyS0', device: '/dev/ttyS0' };

serialLinkSuite('a UART', () => {
  const clock = new VirtualClock();
  const settings = { ...defaultLineSettings, baudRate: 4_000_000, flowControl: 'hardware' } as const;
  const uart = new VirtualUart({ clock, settings });
  const link = new TtyLink({ info, tty: uart, clock });
  return { link, farEnd: uart.farEnd, hasLines: true, cleanup: clock.run() };
});

describe('TtyLink of a UART', () => {
  let clock: VirtualClock;
  beforeEach(() => {
    clock = new VirtualClock();
  });

  const open = (options: Partial<VirtualUartOptions> = {}) => {
    const settings = { ...defaultLineSettings, parity: 'even' } as const;
    const uart = new VirtualUart({ clock, settings, ...options });
    const link = new TtyLink({ info, tty: uart, clock });
    return { uart, link, application: new LinkApplication(link) };
  };
  const told = ({ events }: LinkApplication) =>
    events.flatMap((event) => {
      if (event.kind === 'break') return [`break at ${event.offset}`];
      return event.kind === 'line-error' ? [`${event.error} at ${event.offset}`] : [];
    });

  it('tells breaks and errors at their place, and delivers the bytes with an error', async () => {
    const { uart, link, application } = open();
    uart.farEnd.write(Uint8Array.of(1, 0xff));
    uart.sendBreak();
    uart.farEnd.write(Uint8Array.of(0, 0xff, 2));
    uart.sendFaulty('parity', 0x41);
    uart.sendFaulty('framing', 0);
    uart.farEnd.write(Uint8Array.of(3));
    await clock.advance(100);
    expect([...application.received.from()]).toEqual([1, 0xff, 0, 0xff, 2, 0x41, 0, 3]);
    expect(told(application)).toEqual(['break at 2', 'parity at 5', 'framing at 6']);
    expect(link.lineCounts).toMatchObject({ breaks: 1, parityErrors: 1, framingErrors: 1 });
  });

  it('refuses a break that the driver cannot send, and puts back what the sequence has set before', async () => {
    const { uart, link } = open({ breaks: false });
    const refused = link.runSequence([{ dtr: false, waitMs: 10 }, { break: true, waitMs: 10 }, { break: false }]);
    const refusal = refused.catch((error: unknown) => error);
    await clock.advance(1000);
    expect(await refusal).toMatchObject({ code: 'no-break' });
    expect(uart.log).toEqual(['dtr off, rts on', 'dtr on, rts on']);
  });

  it('takes a marked byte for what it can be where the driver does not count', async () => {
    const { uart, link, application } = open({ counts: false });
    uart.sendBreak();
    uart.sendFaulty('parity', 7);
    await clock.advance(100);
    expect(told(application)).toEqual(['break at 0', 'parity at 0']);
    await link.configure({ parity: 'none' });
    uart.sendFaulty('framing', 7);
    await clock.advance(100);
    expect(told(application).at(-1)).toBe('framing at 1');
    expect(link.lineCounts).toEqual({ breaks: 1, parityErrors: 1, framingErrors: 1, overruns: 0 });
  });

  it('tells once, and soon, what the driver only counts', async () => {
    const { uart, application } = open({ marks: false });
    uart.farEnd.write(Uint8Array.of(1));
    uart.sendBreak();
    await clock.advance(600);
    expect(told(application)).toEqual(['break at 2']);
    await clock.advance(1000);
    expect(told(application)).toHaveLength(1);
  });

  it('tells a hundred errors in a second, and counts all', async () => {
    const { uart, link, application } = open();
    for (let count = 0; count < 300; count += 1) uart.sendFaulty('framing', count % 256);
    await clock.advance(990);
    expect(application.received.length).toBe(300);
    expect(told(application)).toHaveLength(100);
    expect(link.lineCounts.framingErrors).toBe(300);
    await clock.advance(100);
    uart.sendFaulty('framing', 1);
    await clock.advance(100);
    expect(told(application)).toHaveLength(101);
  });

  it('tells what was lost because nobody read', async () => {
    const { uart, link, application } = open({ settings: { ...defaultLineSettings, baudRate: 4_000_000 } });
    application.stopReading();
    uart.farEnd.write(new Uint8Array(200_000));
    await clock.advance(600);
    const { overruns } = link.lineCounts;
    application.startReading();
    await clock.advance(100);
    expect(application.received.length + overruns).toBe(200_000);
    expect(told(application)[0]).toMatch(/^overrun at /);
  });

  it('tells inputs that changed, and those that changed back before it looked', async () => {
    const { uart, application } = open();
    const inputs = () =>
      application.events.splice(0).flatMap((event) => {
        if (event.kind !== 'lines') return [];
        const { cts, dsr, dcd, ri } = event.lines;
        return [
          Object.entries({ cts, dsr, dcd, ri })
            .flatMap(([name, isOn]) => (isOn ? [name] : []))
            .join(' '),
        ];
      });
    await clock.advance(30);
    uart.setInputs({ dcd: true, dsr: true });
    await clock.advance(20);
    expect(inputs()).toEqual(['cts dsr dcd']);
    uart.setInputs({ ri: true });
    uart.setInputs({ ri: false, dsr: false });
    await clock.advance(20);
    expect(inputs()).toEqual(['cts dcd ri', 'cts dcd']);
    uart.setInputs({ cts: false });
    uart.setInputs({ cts: true });
    await clock.advance(20);
    expect(inputs()).toEqual(['dcd', 'cts dcd']);
    uart.setInputs({ ri: true });
    await clock.advance(20);
    uart.setInputs({ ri: false });
    await clock.advance(100);
    expect(inputs()).toEqual(['cts dcd ri', 'cts dcd']);
  });

  it.each([16, 256])('changes settings when the last of %i characters in the hardware has left', async (characters) => {
    const settings = { ...defaultLineSettings, baudRate: 1200 };
    const { uart, link } = open({ settings, fifoCharacters: characters });
    link.write(Buffer.from('a'.repeat(60)));
    const change = link.configure({ baudRate: 9600 });
    await clock.advance(2000);
    await change;
    expect(uart.log.indexOf('settings 9600')).toBe(60);
  });

  it.each(['unknown', 'mistaken'] as const)(
    'does so too where the end is %s, for a UART of 16 characters',
    async (end) => {
      const settings = { ...defaultLineSettings, baudRate: 1200 };
      const { uart, link } = open({ settings, end });
      link.write(Buffer.from('a'.repeat(60)));
      const change = link.configure({ baudRate: 9600 });
      await clock.advance(2000);
      await change;
      expect(uart.log.indexOf('settings 9600')).toBe(60);
    },
  );

  it('closes in time while its bytes are held', async () => {
    const { uart, link } = open({ settings: { ...defaultLineSettings, flowControl: 'hardware' } });
    uart.setInputs({ cts: false });
    link.write(Buffer.from('held'));
    const drained = expect(link.drain()).rejects.toMatchObject({ code: 'closed' });
    const closing = link.close();
    await clock.advance(1000);
    await Promise.all([closing, drained]);
    expect(uart.log).toEqual(['closed']);
  });
});
