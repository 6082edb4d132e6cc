import { access, lstat, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ChildProgram, requires, type TerminalProgram } from '@sercli/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DosProgram, dosPrograms } from './support/dos-program.ts';
import { everyByte, everyByteBackwards } from './support/every-byte.ts';
import { knowingSerialMachine } from './support/named-machine.ts';
import { PtyDevice } from './support/pty-device.ts';
import { TwoMachines, twoMachineRequirements } from './support/two-machines.ts';
import { until } from './support/until.ts';

/** The lines of the article, "Connecting to a Remote Serial Port over TCP/IP" (Lawrence Woodman), with another device. */
const configLine = (device: string): string => `3333:raw:0:${device}:115200,8DATABITS,NONE,1STOPBIT`;
const socatCommand = 'socat pty,link=$HOME/dev/ttyV0,waitslave tcp:SerialMachine:3333';
const nullmodemLine = 'nullmodem server:SerialMachine port:3333';

requires({ ...twoMachineRequirements, programs: ['ip', 'socat', 'minicom', 'nc', ...dosPrograms] })(
  'the article',
  () => {
    let machines: TwoMachines;
    let device: PtyDevice;
    let knowing: readonly string[];
    beforeEach(async () => {
      machines = await TwoMachines.create();
      device = new PtyDevice();
      knowing = await knowingSerialMachine(machines);
    });
    afterEach(async () => {
      await machines.close();
      device.close();
    });

    const run = (program: string, args: readonly string[]): Promise<ChildProgram> =>
      machines.run(machines.laptop, 'sh', [...knowing, program, ...args]);
    const startDos = (serial1: string, steps: readonly string[]): Promise<DosProgram> =>
      DosProgram.start({ folder: machines.folder, serial1, steps, run });
    const startSer2net = async (): Promise<ChildProgram> => {
      const file = join(machines.folder, 'ser2net.conf');
      await writeFile(file, `${configLine(device.path)}\n`);
      const server = await machines.sercli(machines.serialMachine, 'ser2net', '-n', '-c', file);
      await server.stderr.waitFor(/is served on \S+:3333/);
      return server;
    };
    const startAgent = async (tcp: string, path = device.path): Promise<ChildProgram> => {
      const port = `com=${path},115200`;
      const agent = await machines.startAgent([port], '--no-advertise', '--tcp', tcp);
      await agent.stderr.waitFor(/is served on \S+:3333/);
      return agent;
    };
    /** Resolves to what the device got before, once another client has the port: nothing of an earlier one is on its way. */
    const receivedInAll = async (): Promise<Buffer> => {
      const end = 'END OF IT';
      for (;;) {
        const client = await run('nc', ['-N', 'SerialMachine', '3333']);
        client.stdin.end(end);
        await client.exited;
        if (!client.stdout.text.includes('Port already in use')) break;
      }
      const all: Buffer[] = [];
      while (!Buffer.concat(all).includes(end)) all.push(await device.receive(1));
      const bytes = Buffer.concat(all);
      return bytes.subarray(0, bytes.indexOf(end));
    };

    describe('with socat and minicom', () => {
      const link = (): string => join(machines.folder, machines.laptop.name, 'dev', 'ttyV0');
      const startSocat = async (): Promise<ChildProgram> => {
        await mkdir(join(machines.folder, machines.laptop.name, 'dev'), { recursive: true });
        const socat = await run('sh', ['-c', `exec ${socatCommand}`]);
        await until('the link is there', () => access(link()).then(yes, no));
        return socat;
      };
      const startMinicom = async (): Promise<TerminalProgram> => {
        const minicom = await machines.runOnTerminal('minicom', ['-o', '-D', link()]);
        await minicom.screen.waitFor(/Press CTRL-A Z for help/);
        return minicom;
      };
      const leave = async (minicom: TerminalProgram): Promise<void> => {
        minicom.type('\x01x');
        await minicom.screen.waitFor(/Leave Minicom/);
        minicom.type('\r');
        expect(await minicom.expectExit()).toEqual({ code: 0, signal: null });
      };

      it('types to the device and shows what it says, again and again', async () => {
        await startSer2net();
        for (const round of ['first', 'second']) {
          const socat = await startSocat();
          const minicom = await startMinicom();
          // All keys but CTRL-A, which minicom keeps for itself, and DEL, which it sends as BS.
          const keys = Buffer.from(everyByte.subarray(0, 127).filter((byte) => byte !== 1)).toString();
          // Its terminal is set up before it reads the first key, and not yet when it greets: until then, CTRL-S is no key.
          minicom.type('.');
          await device.receiveText('.');
          minicom.type(`${keys}é€ ${round}`);
          const typed = Buffer.from(`${keys}é€ ${round}`);
          expect(await device.receive(typed.length)).toEqual(typed);
          expect(device.settings).toMatchObject({ baudRate: 115200, dataBits: 8, parity: 'none', stopBits: 1 });
          device.send(`the device answers the ${round}\r\n`);
          await minicom.screen.waitFor(new RegExp(`the device answers the ${round}`));
          const second = await run('nc', ['SerialMachine', '3333']);
          await second.stdout.waitFor(/^Port already in use\r\n$/);
          second.stdin.end();
          await leave(minicom);
          // As waitslave does.
          await socat.expectExit(0);
          await expect(lstat(link())).rejects.toThrow('ENOENT');
        }
        expect(await receivedInAll()).toEqual(Buffer.of());
      });
    });

    describe('with DOSBox', () => {
      /** Every value to the device, then from it, then there and back at once. */
      const exchange = [
        ...['open_line', 'outputs 3', 'inputs_are 30h'],
        ...['send_every_value', 'receive 256', 'send_every_value', 'receive 512', 'outputs 0'],
        ...['send 33', 'receive 513'],
      ];
      const playDevice = async (): Promise<Buffer> => {
        const first = await receiveAll(256);
        device.echo();
        device.send(everyByteBackwards);
        return Buffer.concat([first, await receiveAll(257)]);
      };
      const receiveAll = async (count: number): Promise<Buffer> => {
        const all: Buffer[] = [];
        while (Buffer.concat(all).length < count) all.push(await device.receive(1));
        return Buffer.concat(all);
      };
      const exchanged = Buffer.concat([everyByte, everyByte, Buffer.from('!')]);
      const answered = Buffer.concat([everyByteBackwards, everyByte, Buffer.from('!')]);

      it.each([
        ['auto', 'sercli agent', () => startAgent(':3333=com'), nullmodemLine],
        ['nullmodem', 'sercli agent', () => startAgent(':3333=com,nullmodem'), nullmodemLine],
        ['raw, and transparent:1', 'sercli ser2net', startSer2net, `${nullmodemLine} transparent:1`],
      ])('on %s of %s exchanges every value, and nothing besides', async (_protocol, _server, start, line) => {
        await start();
        const program = await startDos(line, exchange);
        const [received, result] = await Promise.all([playDevice(), program.result()]);
        expect(received).toEqual(exchanged);
        expect(result).toEqual({ received: answered, errors: [], inputs: ['CTS DSR'] });
        expect(device.settings).toMatchObject({ baudRate: 115200, dataBits: 8, parity: 'none', stopBits: 1 });
        expect(await receivedInAll()).toEqual(Buffer.of());
      });

      it('leaves a port in use alone, and gets it when the one before has gone, even by a crash', async () => {
        const agent = await startAgent(':3333=com');
        const open = ['open_line', 'outputs 3', 'inputs_are 30h'];
        const first = await startDos(nullmodemLine, [...open, 'send 1', 'receive 1', 'send_every_value', 'receive 2']);
        await receiveAll(1);
        const refused = await startDos(nullmodemLine, ['open_line', 'outputs 3', 'send_every_value', 'note_inputs']);
        await agent.stderr.waitFor(/refused/);
        const { received: text, inputs } = await refused.result();
        // What comes before the program reads, DOSBox may throw away.
        expect('Port already in use\r\n').toContain(text.toString());
        expect(inputs).toEqual(['']);
        device.send('1');
        expect(await receiveAll(256)).toEqual(everyByte);
        await first.dosbox.end('SIGKILL');
        expect(await receivedInAll()).toEqual(Buffer.of());
        const next = await startDos(nullmodemLine, exchange);
        const [received, result] = await Promise.all([playDevice(), next.result()]);
        expect(received).toEqual(exchanged);
        expect(result.received).toEqual(answered);
      });

      it('sees CTS and DSR fall while the device is away, and goes on with it when it is back', async () => {
        const link = join(machines.folder, 'tty');
        await symlink(device.path, link);
        await startAgent(':3333=com', link);
        const program = await startDos(nullmodemLine, [
          ...['open_line', 'outputs 3', 'inputs_are 30h', 'send 1', 'inputs_are 0'],
          ...['inputs_are 30h', 'send_every_value', 'receive 256'],
        ]);
        const play = async (): Promise<Buffer> => {
          await receiveAll(1);
          device.close();
          await rm(link);
          device = new PtyDevice();
          await symlink(device.path, link);
          const bytes = await receiveAll(256);
          device.send(everyByteBackwards);
          return bytes;
        };
        const [received, result] = await Promise.all([play(), program.result()]);
        expect(received).toEqual(everyByte);
        expect(result).toEqual({ received: everyByteBackwards, errors: [], inputs: ['CTS DSR', '', 'CTS DSR'] });
      });
    });
  },
);

function yes(): boolean {
  return true;
}

function no(): boolean {
  return false;
}
