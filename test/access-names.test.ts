import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fingerprintOf, loadIdentity, shownFingerprint } from '@sercli/link';
import { createNetworkChain, type NetworkChain, type NetworkNamespace, requires } from '@sercli/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DiscoveryPrograms } from './support/discovery-programs.ts';
import { userRequirements } from './support/two-machines.ts';
import { User } from './support/user.ts';

/** A laptop on two networks, with a SerialMachine on each: they do not see each other, and have one name. */
requires(userRequirements)('a name that two agents have', () => {
  let network: NetworkChain;
  let folder: string;
  const users: User[] = [];
  const forgers = new DiscoveryPrograms();
  beforeAll(async () => {
    network = await createNetworkChain();
    folder = await mkdtemp(join(tmpdir(), 'sercli-test-'));
  });
  afterAll(async () => {
    for (const user of users) await user.end();
    await forgers.end();
    await network.close();
    await rm(folder, { recursive: true });
  });
  const user = (name: string, namespace: NetworkNamespace, hostName: string): User => {
    const made = new User(join(folder, name), { namespace, hostName });
    users.push(made);
    return made;
  };

  it('means the one that is known, if it proves to be that', async () => {
    const [left, right] = [user('left', network.left, 'SerialMachine'), user('right', network.right, 'SerialMachine')];
    const [anna, bob] = [user('anna', network.middle, 'laptop'), user('bob', network.middle, 'laptop')];
    const agent = await left.startAgent('--port', 'echo=sim:echo');
    await agent.stderr.waitFor(/advertised as SerialMachine\n/);
    await left.letIn(anna);
    const first = await anna.attach('SerialMachine/echo');
    await first.next('ready');
    await first.program.end('SIGTERM');

    const another = await right.startAgent('--port', 'echo=sim:echo');
    await another.stderr.waitFor(/advertised as SerialMachine\n/);
    expect(await bob.failure(3, 'attach', 'SerialMachine/echo')).toMatch(/several agents are called SerialMachine;/i);
    const second = await anna.attach('SerialMachine/echo');
    await second.next('ready');
    expect(await left.result('who', 'localhost')).toContain('root@laptop');
    await second.program.end('SIGTERM');

    await another.end('SIGTERM');
    await agent.end('SIGTERM');
    await right.startAgent('--port', 'echo=sim:echo', '--no-advertise');
    const { cert } = await loadIdentity(left.state());
    const claim = { name: 'SerialMachine', agentId: 'badbad00', tcpPort: 7372, wire: 1, software: 'sercli/0' };
    const forger = await forgers.advertise(network.right, 'all', { ...claim, fingerprint: fingerprintOf(cert) });
    await forger.next('advertised');
    const told = await anna.failure(4, 'attach', 'SerialMachine/echo');
    expect(told).toContain(`shown was ${shownFingerprint(await right.fingerprint())}`);
    expect(told).toContain(`run: sercli trust SerialMachine ${await right.fingerprint()}`);
  });
});
