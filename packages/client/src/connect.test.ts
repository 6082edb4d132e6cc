import { describe, expect, it } from 'vitest';
import { connect } from './connect.ts';

describe('connect', () => {
  it.each<unknown>([undefined, null, 7, {}, { host: 'SerialMachine', port: 'tty' }])('refuses %o', async (address) => {
    await expect(connect(address as never)).rejects.toMatchObject({ code: 'bad-address' });
  });

  it('refuses settings that no port can have before it looks for the agent', async () => {
    const settings = { baudRate: Number.NaN };
    await expect(connect('192.0.2.1/tty', { settings })).rejects.toMatchObject({ code: 'bad-settings' });
  });
});
