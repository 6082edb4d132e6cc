import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { shownFingerprint } from '@sercli/link';
import { type AgentAddress, parsePortList } from '@sercli/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { listPorts } from '../port-directory.ts';
import { FakeAgent } from '../testing/fake-agent.ts';
import { ClientAccess } from './client-access.ts';
import { lookAtKey } from './look-at-key.ts';

const machine: AgentAddress = { host: 'SerialMachine', tcpPort: 7372, carrier: 'stream' };
const first = `${'K7QF2M9XABCDEFGH'.replace('9', '7')}${'A'.repeat(36)}`;
const other = `${'B'.repeat(16)}${'A'.repeat(36)}`;
const ports = { version: 1, agent: { name: 'SerialMachine', software: 'test', open: false }, ports: [] };

describe('ClientAccess', () => {
  let agent: FakeAgent;
  let access: ClientAccess;
  let directory: string;
  beforeEach(async () => {
    agent = await FakeAgent.start();
    access = agent.access;
    directory = join(agent.folder, 'client');
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await agent.close();
  });

  it('reads and makes nothing before a key is needed', async () => {
    access.keysFor(machine, 'record');
    expect(await readdir(agent.folder)).toEqual(['agent']);
  });

  it('records a key at its first use, and tells it once', async () => {
    await access.keysFor(machine, 'record').verify(first);
    await access.keysFor({ ...machine, host: 'serialmachine' }, 'record').verify(first);
    expect(agent.told).toEqual([
      {
        kind: 'first-use',
        address: machine,
        fingerprint: shownFingerprint(first),
        own: shownFingerprint(await access.fingerprint()),
        path: join(directory, 'known_agents'),
      },
    ]);
    expect(await readFile(join(directory, 'known_agents'), 'utf8')).toMatch(
      new RegExp(`^SerialMachine ${first} \\d{4}-\\d\\d-\\d\\dT[\\d:]+Z\n$`),
    );
  });

  it('refuses another key, and names the command that accepts it', async () => {
    const keys = access.keysFor({ ...machine, tcpPort: 7400 }, 'record');
    await keys.verify(first);
    for (const pins of ['record', 'check'] as const) {
      await expect(access.keysFor({ ...machine, tcpPort: 7400 }, pins).verify(other)).rejects.toMatchObject({
        code: 'agent-key-changed',
        fields: { known: shownFingerprint(first), shown: shownFingerprint(other), fingerprint: other },
        message: expect.stringMatching(new RegExp(`run: sercli trust SerialMachine:7400 ${other}$`)),
      });
    }
    await keys.verify(first);
    const linkLocal = { ...machine, host: 'fe80::1%eth0' };
    await access.keysFor(linkLocal, 'record').verify(first);
    await expect(access.keysFor(linkLocal, 'record').verify(other)).rejects.toThrow(
      `run: sercli trust '[fe80::1%eth0]' ${other}`,
    );
  });

  it('records nothing where agents are only browsed', async () => {
    await access.keysFor(machine, 'check').verify(first);
    await access.keysFor(machine, 'check').verify(other);
    expect(agent.told).toEqual([]);
    expect(await readdir(agent.folder)).toEqual(['agent']);
  });

  it('goes by what the environment says before the file', async () => {
    await access.keysFor(machine, 'record').verify(first);
    vi.stubEnv('SERCLI_KNOWN_AGENTS', `SerialMachine ${other}`);
    const provisioned = new ClientAccess({ directory });
    await provisioned.keysFor(machine, 'record').verify(other);
    await expect(provisioned.keysFor(machine, 'record').verify(first)).rejects.toMatchObject({
      code: 'agent-key-changed',
    });
  });

  it('tells of lines that cannot be read, and skips them', async () => {
    await mkdir(directory, { mode: 0o700 });
    await writeFile(join(directory, 'known_agents'), `SerialMachine\nSerialMachine ${first}\n`, { mode: 0o600 });
    await access.keysFor(machine, 'record').verify(first);
    expect(agent.told).toMatchObject([
      { kind: 'broken-line', path: join(directory, 'known_agents'), line: { number: 1 } },
    ]);
  });

  it('says nothing to an agent that has another key, and trusts no file that others can have written', async () => {
    let requests = 0;
    agent.answer = (_request, response) => {
      requests += 1;
      response.end(JSON.stringify(ports));
    };
    expect(await listPorts(agent.address, { access })).toEqual(parsePortList(JSON.stringify(ports)));
    expect(await lookAtKey(agent.address, { access })).toBe(agent.fingerprint);
    const { tcpPort } = agent.address;
    await access.knownAgents.replace({ host: '127.0.0.1', tcpPort, fingerprint: other });
    await expect(listPorts(agent.address, { access })).rejects.toMatchObject({ code: 'agent-key-changed', exit: 4 });
    expect(await lookAtKey(agent.address, { access })).toBe(agent.fingerprint);
    await chmod(join(directory, 'known_agents'), 0o666);
    await expect(listPorts(agent.address, { access })).rejects.toMatchObject({ code: 'state-untrusted' });
    expect(requests).toBe(1);
  });
});
