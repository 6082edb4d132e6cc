import { readFileSync } from 'node:fs';

/**
 * Whether this process is in the foreground of its terminal. One that was started with `&`, or sent there, is stopped as
 * soon as it reads from the terminal or changes its mode (SIGTTIN and SIGTTOU of signal(7)).
 */
export function isInForeground(): boolean {
  // proc_pid_stat(5): behind the name, which may hold anything, stand state, ppid, pgrp, session, tty_nr and tpgid.
  const stat = readFileSync('/proc/self/stat', 'latin1');
  const [, , group, , , foregroundGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return group === foregroundGroup;
}
