import { homedir } from 'node:os';
import { expect, it } from 'vitest';
import { stateDirectory } from './state-directory.ts';

it('is where the environment says, unless that would depend on where a program is started', () => {
  expect(stateDirectory({ XDG_STATE_HOME: '/var/lib' })).toBe('/var/lib/sercli');
  for (const XDG_STATE_HOME of [undefined, '', 'state', './state']) {
    expect(stateDirectory({ XDG_STATE_HOME })).toBe(`${homedir()}/.local/state/sercli`);
  }
});
