import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ChildProgram, requires } from '@sercli/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { BootLoader } from './support/boot-loader.ts';
import { freeTcpPort } from './support/free-tcp-port.ts';
import { OneMachine } from './support/one-machine.ts';
import { PtyDevice } from './support/pty-device.ts';

requires({ programs: ['avrdude'] })('avrdude', () => {
  it.each(['raw', 'auto'])('writes a program by net: to a port that is %s, and reads it back', async (protocol) => {
    const [machine, device, bootLoader] = [await OneMachine.create(), new PtyDevice(), new BootLoader()];
    onTestFinished(async () => {
      await machine.close();
      device.close();
    });
    device.answer((bytes) => bootLoader.take(bytes));
    const tcpPort = await freeTcpPort();
    await machine.startConfigured({
      board: { device: device.path, tcp: { listen: `127.0.0.1:${tcpPort}`, protocol } },
    });
    const [program, programFile] = [randomBytes(2000), join(machine.folder, 'program.bin')];
    await writeFile(programFile, program);
    const place = `net:127.0.0.1:${tcpPort}`;
    const options = ['-q', '-q', '-c', 'arduino', '-p', 'm328p', '-P', place, '-D', '-U', `flash:w:${programFile}:r`];
    const avrdude = await ChildProgram.start('avrdude', options);
    onTestFinished(() => void avrdude.end('SIGKILL'));
    await avrdude.expectExit(0, 30_000);
    expect(Buffer.from(bootLoader.memory.subarray(0, program.length)).equals(program)).toBe(true);
    expect(bootLoader.programmings).toBe(1);
  });
});
