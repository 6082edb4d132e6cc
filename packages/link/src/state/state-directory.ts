import { homedir } from 'node:os';
import { join } from 'node:path';

/** `$XDG_STATE_HOME/sercli`, else `~/.local/state/sercli` (XDG Base Directory Specification). */
export function stateDirectory(): string {
  return join(process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'sercli');
}
