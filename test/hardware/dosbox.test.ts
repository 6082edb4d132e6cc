import { ChildProgram } from '@sercli/testkit';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { DosProgram, dosPrograms } from '../support/dos-program.ts';
import { everyByte, everyByteBackwards } from '../support/every-byte.ts';
import { until } from '../support/until.ts';
import { loopBack } from '../testbed/loop-back.ts';
import { requiresGuest } from '../testbed/requires-guest.ts';
import { SerialHost } from '../testbed/serial-host.ts';
import type { UartEvent } from '../testbed/uart-trace.ts';

const config = `
name: SerialMachine
ports:
  ttyS0: { device: /dev/ttyS0, settings: '115200,8N1', tcp: ':3333' }
  ttyS1: { device: /dev/ttyS1, settings: '115200,8N1', tcp: [':3334', ':3335,nullmodem'], keepOpen: true }
`;

const [both, dtr, rts, off] = ['DTR RTS', 'DTR', 'RTS', '-'];

requiresGuest(
  'DOSBox on a UART',
  () => {
    let host: SerialHost;
    beforeAll(async () => {
      host = await SerialHost.start(config);
      await host.portIs('ttyS1', ({ state }) => state === 'open');
      await loopBack(host.guest, 'ttyS1');
    });
    afterAll(() => host?.close());

    /** Starts a program whose COM1 is a port of the agent. */
    const startDos = async (tcpPort: number, steps: readonly string[]): Promise<DosProgram> => {
      const { folder, laptop: namespace, address } = host.guest;
      const program = await DosProgram.start({
        folder,
        serial1: `nullmodem server:${address} port:${tcpPort}`,
        steps: ['open_line', ...steps],
        run: (file, args) => ChildProgram.start(file, args, { namespace, environment: { HOME: folder } }),
      });
      onTestFinished(async () => void (await program.dosbox.end('SIGKILL')));
      return program;
    };
    /** What reached the UART since a mark, up to the end of the session. */
    const reached = async (mark: number) => {
      await host.portIs('ttyS0', ({ state }) => state === 'idle');
      await host.portIs('ttyS1', ({ controller }) => controller === undefined);
      return host.guest.trace.since(mark);
    };
    const sent = (events: readonly UartEvent[]): Buffer =>
      Buffer.from(events.flatMap((event) => (event.kind === 'byte' ? [event.value] : [])));
    const outputs = (events: readonly UartEvent[]): string[] =>
      events
        .flatMap((event) => {
          if (event.kind !== 'outputs') return [];
          return [[event.dtr ? 'DTR' : '', event.rts ? 'RTS' : ''].join(' ').trim() || off];
        })
        .filter((text, index, all) => text !== all[index - 1]);
    const isBreaking = (mark: number): boolean => {
      const breaks = host.guest.trace.since(mark).flatMap((event) => (event.kind === 'break' ? [event.isOn] : []));
      return breaks.at(-1) ?? false;
    };

    it.each([
      ['auto', 3334],
      ['nullmodem', 3335],
    ])('on %s: its outputs act on the UART, the inputs of the UART act in it', async (_protocol, tcpPort) => {
      const mark = host.guest.trace.mark();
      const levels = ['outputs 1', 'inputs_are 20h', 'outputs 2', 'inputs_are 10h', 'outputs 0', 'inputs_are 0'];
      const data = ['outputs 3', 'inputs_are 30h', 'send_every_value', 'receive 256'];
      const program = await startDos(tcpPort, [...levels, ...levels, ...data]);
      const seen = ['DSR', 'CTS', '', 'DSR', 'CTS', '', 'CTS DSR'];
      expect(await program.result()).toEqual({ received: everyByte, errors: [], inputs: seen });
      const events = await reached(mark);
      expect(outputs(events)).toEqual([off, dtr, rts, off, dtr, rts, off, both]);
      expect(sent(events)).toEqual(everyByte);
    });

    it('exchanges every value and breaks with the other end of the cable, in their places', async () => {
      const far = host.guest.far('ttyS0');
      const [mark, start] = [host.guest.trace.mark(), far.receivedBytes];
      const program = await startDos(3333, [
        ...['outputs 3', 'inputs_are 30h', 'send_every_value', 'receive 256'],
        ...['break_on', 'receive 257', 'break_off', 'receive 259', 'send 33', 'receive 260'],
      ]);
      const playDevice = async (): Promise<void> => {
        await far.received(start, 256);
        far.send(everyByteBackwards);
        await until('the break has begun', () => isBreaking(mark));
        far.send(Buffer.from('a'));
        await until('the break is over', () => !isBreaking(mark));
        await host.guest.sendBreak('ttyS0');
        far.send(Buffer.from('b'));
        await far.received(start, 257);
        far.send(Buffer.from('c'));
      };
      const [result] = await Promise.all([program.result(), playDevice()]);
      expect(result).toEqual({
        received: Buffer.concat([everyByteBackwards, Buffer.from('a\0bc')]),
        errors: ['257: framing break'],
        inputs: ['CTS DSR'],
      });
      expect(Buffer.from(await far.received(start, 257))).toEqual(Buffer.concat([everyByte, Buffer.from('!')]));
      const events = await reached(mark);
      expect(sent(events)).toEqual(Buffer.concat([everyByte, Buffer.from('!')]));
      // It rises with the opening, and is as the program says from then on.
      expect(outputs(events)).toEqual([off, both, off, both, off]);
      expect(events.flatMap((event) => (event.kind === 'break' ? [event.isOn] : []))).toEqual([true, false]);
    });
  },
  dosPrograms,
);
