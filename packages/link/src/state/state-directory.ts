import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** `$XDG_STATE_HOME/sercli`, else `~/.local/state/sercli`; a path that is not absolute is as none (XDG Base Directory Specification). */
export function stateDirectory({ XDG_STATE_HOME = '' }: NodeJS.ProcessEnv = process.env): string {
  return join(isAbsolute(XDG_STATE_HOME) ? XDG_STATE_HOME : join(homedir(), '.local', 'state'), 'sercli');
}
