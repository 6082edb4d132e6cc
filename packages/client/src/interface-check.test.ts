import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import { Client } from './client.ts';
import { findAgents } from './connect.ts';
import { checkInterfaceChoice, requireInterfaces } from './interface-check.ts';

describe('a choice of interfaces', () => {
  it.each<unknown>(['nosuch0', '', 7, null, [7]])('is refused where it is none: %j', async (interfaces) => {
    const refusal = { code: 'usage', message: expect.stringContaining(`${JSON.stringify(interfaces)} does not say`) };
    await expect(findAgents({ interfaces: interfaces as never })).rejects.toMatchObject(refusal);
    expect(() => new Client({ interfaces: interfaces as never })).toThrow(expect.objectContaining(refusal));
  });

  it('is refused by who searches once where there is no such interface, and those there are are named', async () => {
    const there = Object.keys(networkInterfaces()).join(', ');
    const refusal = { code: 'usage', message: expect.stringMatching(/is called nosuch0, or has that address; there/) };
    await expect(findAgents({ interfaces: ['127.0.0.1', 'nosuch0'] })).rejects.toMatchObject(refusal);
    expect(() => requireInterfaces(['nosuch0'])).toThrow(`there are ${there}`);
    expect(() => requireInterfaces(['192.0.2.1'])).toThrow('192.0.2.1');
  });

  it('is taken by names and by addresses', () => {
    const [[name, [first] = []] = []] = Object.entries(networkInterfaces());
    const choice = [name ?? '127.0.0.1', first?.address ?? '::', '127.0.0.5', '0.0.0.0', '::'];
    for (const good of ['all', 'loopback', choice] as const) {
      expect(() => checkInterfaceChoice(good)).not.toThrow();
      expect(() => requireInterfaces(good)).not.toThrow();
    }
  });
});
