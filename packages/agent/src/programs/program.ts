import { basename } from 'node:path';
import { type LineSettingsChange, reasonOf, SercliError } from '@sercli/protocol';
import { applyLineSettings, closeFd, KernelTty } from '@sercli/tty';
import type { DeviceLink } from '../devices/device-link.ts';
import { TtyLink } from '../devices/tty-link.ts';
import { RunningProgram } from './running-program.ts';

export interface ProgramOptions {
  /** The port's name; that of the program if it is not given. */
  readonly name?: string;
}

/**
 * Runs `command` with /bin/sh on a terminal of its own, 80 by 24 and cooked like any other: the port is what the
 * program sees as its keyboard and screen.
 *
 * @throws SercliError `native-module-missing`, `device-failed`
 */
export async function openProgram(
  command: string,
  settings: LineSettingsChange = {},
  options: ProgramOptions = {},
): Promise<DeviceLink> {
  const device = `exec:${command}`;
  const name = options.name ?? basename(command.trim().split(/\s/)[0] ?? command);
  const program = await RunningProgram.start(command);
  try {
    if (Object.keys(settings).length > 0) applyLineSettings(program.fd, settings);
    return new TtyLink({
      info: { name, device },
      tty: new KernelTty(program.fd),
      explainLoss: async (cause) => {
        const reason = `the program ${await program.ended()}`;
        return new SercliError('session-ended', { port: name, reason }, { cause });
      },
      release: () => program.stop(),
    });
  } catch (error) {
    closeFd(program.fd);
    await program.stop();
    throw new SercliError('device-failed', { device, reason: reasonOf(error) }, { cause: error });
  }
}
