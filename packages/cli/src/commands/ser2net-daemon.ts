import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { SercliError } from '@sercli/protocol';
import { programPath } from '../program-version.ts';
import type { Ser2netFlags } from './ser2net.ts';
import { standardInput } from './ser2net-texts.ts';

/** Tells the child that it is the daemon. */
const daemonVariable = 'SERCLI_SER2NET_DAEMON';

export function isDaemon(): boolean {
  return process.env[daemonVariable] !== undefined;
}

/** Tells the process that has started this one, if it waits, that it may end. */
export function tellStarted(): void {
  if (process.send === undefined) return;
  process.send('started', () => process.disconnect());
}

/**
 * Starts the same again as a daemon: in a session of its own, in the root directory, with no terminal. Resolves when it
 * serves and its PID file is written, so that what starts daemons can go on.
 *
 * @throws SercliError `state-unusable` if it ends instead
 */
export async function leaveTerminal(flags: Ser2netFlags): Promise<void> {
  const isPiped = flags.c === '-';
  const child = spawn(process.execPath, [programPath, 'ser2net', ...argumentsOf(flags)], {
    cwd: '/',
    detached: true,
    env: { ...process.env, [daemonVariable]: '1' },
    stdio: [isPiped ? 'pipe' : 'ignore', 'ignore', 'ignore', 'ipc'],
  });
  if (isPiped) child.stdin?.end(standardInput());
  await new Promise<void>((started, failed) => {
    child.once('message', () => started());
    child.once('error', failed);
    child.once('exit', (code, signal) => {
      const reason = `its daemon ended with ${code ?? signal} before it served`;
      failed(new SercliError('state-unusable', { path: 'ser2net', reason, remedy: 'start it with -n -d to see why' }));
    });
  });
  if (child.connected) child.disconnect();
  child.unref();
}

/** Paths count from the directory where it was started. */
function argumentsOf({ c, C, Y, u, p, P, s }: Ser2netFlags): string[] {
  const config = c === undefined || c === '-' ? c : resolve(c);
  return [
    ...(config === undefined ? [] : ['-c', config]),
    ...C.flatMap((line) => ['-C', line]),
    ...Y.flatMap((line) => ['-Y', line]),
    ...(u ? ['-u'] : []),
    ...(p === undefined ? [] : ['-p', p]),
    ...(P === undefined ? [] : ['-P', resolve(P)]),
    ...(s === undefined ? [] : ['-s', s]),
  ];
}
