import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TwoMachines } from './two-machines.ts';

/**
 * What runs a program that knows the machine with the serial device by its name: with /etc/hosts of its own.
 * A program in a network namespace has mounts of its own already (ip-netns(8)).
 */
export async function knowingSerialMachine({ folder, serialMachine }: TwoMachines): Promise<readonly string[]> {
  const hosts = join(folder, 'hosts');
  await writeFile(hosts, `127.0.0.1 localhost\n${serialMachine.address} SerialMachine\n`);
  return ['-c', 'mount --bind "$0" /etc/hosts && exec "$@"', hosts];
}
