import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shownFingerprint } from '@sercli/link';
import type { ChildProgram } from '@sercli/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exchange } from './support/exchange.ts';
import { freeTcpPort } from './support/free-tcp-port.ts';
import { Impostor } from './support/impostor.ts';
import { until } from './support/until.ts';
import { User } from './support/user.ts';

describe('somebody who answers in the stead of an agent', () => {
  let folder: string;
  let owner: User;
  let anna: User;
  let agent: ChildProgram;
  let tcpPort: number;
  const impostors: Impostor[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sercli-test-'));
    [owner, anna] = [new User(join(folder, 'owner')), new User(join(folder, 'anna'))];
    tcpPort = await freeTcpPort();
    agent = await startAgent(owner);
  });
  afterEach(async () => {
    await anna.end();
    await owner.end();
    for (const impostor of impostors.splice(0)) await impostor.close();
    await rm(folder, { recursive: true });
  });

  const startAgent = (user: User): Promise<ChildProgram> => {
    const place = ['--listen', `127.0.0.1:${tcpPort}`, '--no-advertise'];
    return user.startAgent('--name', 'SerialMachine', ...place, '--port', 'echo=sim:echo');
  };
  const startImpostor = async (options: { tcpPort?: number; agentPort?: number }): Promise<Impostor> => {
    const impostor = await Impostor.start({ directory: join(folder, 'impostor'), ...options });
    impostors.push(impostor);
    return impostor;
  };
  /** Takes the place of the agent, with a certificate that has every field of the agent's but the key. */
  const takeItsPlace = async (): Promise<Impostor> => {
    await agent.end('SIGKILL');
    const impostor = await startImpostor({ tcpPort });
    const fieldsOf = ({ subject, issuer, validFrom, validTo, keyUsage }: X509Certificate) => {
      return { subject, issuer, validFrom, validTo, keyUsage };
    };
    const genuine = new X509Certificate(await readFile(owner.state('identity.pem')));
    const copied = new X509Certificate(impostor.identity.cert);
    expect(fieldsOf(copied)).toEqual(fieldsOf(genuine));
    expect(await owner.fingerprint()).not.toBe(impostor.fingerprint);
    return impostor;
  };
  const host = (): string => `127.0.0.1:${tcpPort}`;
  const echo = (): string => `${host()}/echo`;

  it('is refused whatever is asked, and taken only by the command that the refusal names', async () => {
    await anna.failure(7, 'ls', host());
    const known = shownFingerprint(await owner.fingerprint());
    await agent.end('SIGTERM');
    const mallory = new User(join(folder, 'mallory'));
    try {
      await startAgent(mallory);
      const fingerprint = await mallory.fingerprint();
      const command = `sercli trust ${host()} ${fingerprint}`;
      const asked = [
        ['attach', echo(), '--retry'],
        ['ls', host()],
        ['console', echo()],
        ['who', host()],
      ];
      for (const told of await Promise.all(asked.map((command) => anna.failure(4, ...command)))) {
        expect(told).toContain(`known is ${known}, shown was ${shownFingerprint(fingerprint)}`);
        expect(told).toContain(`run: ${command}\n`);
      }
      await anna.type(command);
      await mallory.letIn(anna);
      const attached = await anna.attach(echo());
      await attached.next('ready');
      expect(attached.events.map(({ event }) => event)).toEqual(['up', 'ready']);
    } finally {
      await mallory.end();
    }
  });

  it('is not asked to let a client in that waits', async () => {
    const attached = await anna.attach(echo(), '--retry');
    await attached.waits();
    const impostor = await takeItsPlace();
    await attached.program.expectExit(4);
    expect(await attached.next('error')).toMatchObject({ code: 'agent-key-changed' });
    expect(impostor.connections).toBe(1);
    expect(impostor.heardBytes).toBe(0);
  });

  it('is told nothing of a session that comes back, which goes on when the agent is there again', async () => {
    await owner.letIn(anna);
    const attached = await anna.attach(echo());
    await attached.next('ready');
    expect(await exchange(anna, attached.link, 'before')).toBe('before');
    const impostor = await takeItsPlace();
    expect(await attached.next('key-changed')).toMatchObject({ code: 'agent-key-changed' });
    await until('it was tried twice', () => impostor.connections >= 2);
    expect(impostor.heardBytes).toBe(0);
    await impostor.close();
    impostors.splice(0);
    agent = await startAgent(owner);
    await attached.next('up');
    expect(await exchange(anna, attached.link, 'after')).toBe('after');
  });

  it('hears nothing as a proxy in between either', async () => {
    await owner.letIn(anna);
    const proxy = await startImpostor({ agentPort: tcpPort });
    const between = `127.0.0.1:${proxy.tcpPort}`;
    await anna.result('trust', between, await owner.fingerprint());
    const asked = [
      ['attach', `${between}/echo`],
      ['ls', between],
      ['console', `${between}/echo`],
    ];
    for (const told of await Promise.all(asked.map((command) => anna.failure(4, ...command)))) {
      expect(told).toContain(`shown was ${shownFingerprint(proxy.fingerprint)}`);
    }
    expect(proxy.connections).toBe(3);
    expect(proxy.heardBytes).toBe(0);
  });

  it('cannot pass for a client at its first use, which it deceives', async () => {
    await owner.letIn(anna);
    const proxy = await startImpostor({ agentPort: tcpPort });
    const told = await anna.failure(7, 'attach', `127.0.0.1:${proxy.tcpPort}/echo`, '--no-wait');
    expect(told).toContain('does not know this client');
    expect(proxy.heardBytes).toBeGreaterThan(0);
    const { waiting } = JSON.parse(await owner.result('authorize', '--json'));
    expect(waiting).toMatchObject([{ fingerprint: proxy.fingerprint }]);
  });
});
