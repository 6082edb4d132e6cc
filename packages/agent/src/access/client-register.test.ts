import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadIdentity } from '@sercli/link';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../logger.ts';
import { AgentAccess } from './agent-access.ts';
import { fingerprintWith, tlsPeerOf } from './testing/fingerprints.ts';

const [anna, bert] = ['A', 'B'].map(fingerprintWith) as [string, string];

describe('ClientRegister', () => {
  let directory: string;
  let access: AgentAccess;
  const path = (): string => join(directory, 'authorized_clients');
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sercli-test-'));
    const agent = () => ({ name: 'SerialMachine', software: 'test', open: false });
    const identity = await loadIdentity(directory);
    access = new AgentAccess({ directory, identity, isOpen: false, logger: silentLogger, agent });
  });
  afterEach(async () => {
    access.close();
    await rm(directory, { recursive: true });
  });

  it('authorises a client, changes what it may do, keeps what is not said, and removes it', async () => {
    let changes = 0;
    access.rights.listen(() => {
      changes += 1;
    });
    await writeFile(path(), `# ours\n${bert} role=monitor # the lab\n`, { mode: 0o600 });
    await access.register.authorize(anna, { role: 'control', ports: ['*'], name: 'anna@laptop' });
    await access.register.authorize(anna, { role: 'monitor', ports: ['ttyS*', 'plc'] });
    const list = await access.register.authorize(bert, { role: 'control', ports: ['*'] });
    expect(list).toMatchObject({
      file: path(),
      clients: [
        { fingerprint: bert, role: 'control', note: 'the lab' },
        { fingerprint: anna, role: 'monitor', ports: ['ttyS*', 'plc'], name: 'anna@laptop' },
      ],
    });
    expect((await access.register.remove(anna)).clients.map(({ fingerprint }) => fingerprint)).toEqual([bert]);
    expect(await readFile(path(), 'utf8')).toMatch(/^# ours\nB{51}A role=control ports=\* since=\S+ # the lab\n$/);
    await expect(access.register.remove(anna)).rejects.toMatchObject({ code: 'client-not-found' });
    // Whoever looks at the file may have seen it change, too.
    expect(changes).toBeGreaterThanOrEqual(5);
  });

  it('tells when somebody has edited the file', async () => {
    const changed = new Promise<void>((resolve) => void access.rights.listen(resolve));
    await writeFile(path(), `${anna} role=monitor\n`, { mode: 0o600 });
    await changed;
    expect(access.rights.rightsOf(tlsPeerOf(anna)).rank).toBe('monitor');
  });

  it('does not write what would read as something else', async () => {
    const ports = ['*', 'a b'];
    await expect(access.register.authorize(anna, { role: 'control', ports })).rejects.toMatchObject({ code: 'usage' });
    expect(() => access.register.turnAway(anna)).toThrow('is not waiting on SerialMachine');
  });
});
