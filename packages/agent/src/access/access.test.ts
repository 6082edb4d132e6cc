import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mayDo, type OperationName, operationTable, ranks } from '@sercli/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../logger.ts';
import { Access } from './access.ts';
import { openAuthorizedClients } from './authorized-file.ts';
import { fingerprintWith, ownPeer, tlsPeerOf } from './testing/fingerprints.ts';

const own = fingerprintWith('O');
const [controller, monitor, limited] = ['C', 'M', 'L'].map(fingerprintWith) as [string, string, string];

describe('Access', () => {
  let directory: string;
  let errors: string[];
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sercli-test-'));
    errors = [];
    await write(`${controller} name=anna\n${monitor} role=monitor\n${limited} ports=plc,tty?\n`);
  });
  afterEach(() => rm(directory, { recursive: true }));

  const path = (): string => join(directory, 'authorized_clients');
  const write = (text: string): Promise<void> => writeFile(path(), text, { mode: 0o600 });
  const accessOf = (isOpen = false): Access => {
    const logger = { ...silentLogger, error: (_fields: object, text: string) => void errors.push(text) };
    const clients = openAuthorizedClients(directory, logger);
    return new Access({ clients, ownFingerprint: own, isOpen, host: () => 'SerialMachine', logger });
  };

  it('ranks clients by their key and by the way they came', () => {
    const access = accessOf();
    const peers = [ownPeer, tlsPeerOf(own), tlsPeerOf(controller), tlsPeerOf(monitor), tlsPeerOf(fingerprintWith('X'))];
    const shown = [...peers, tlsPeerOf(undefined), tlsPeerOf(undefined, '127.0.0.1')].map((peer) =>
      access.rightsOf(peer),
    );
    const known = ['owner', 'control', 'control', 'monitor', 'stranger', 'anybody', 'anybody'];
    expect(shown.map(({ rank }) => rank)).toEqual(known);
    expect(access.rightsOf(tlsPeerOf(controller)).name).toBe('anna');
  });

  it('lets everybody from a private network in where it is open, and nobody else', () => {
    const access = accessOf(true);
    for (const address of [
      '127.0.0.1',
      '10.1.2.3',
      '172.16.0.1',
      '192.168.9.9',
      '169.254.0.9',
      'fe80::1%eth0',
      'fd00::1',
    ]) {
      expect(access.rightsOf(tlsPeerOf(undefined, address)), address).toEqual({ rank: 'control', ports: ['*'] });
    }
    for (const address of ['203.0.113.7', '172.32.0.1', '192.169.0.1', '2001:db8::1', '']) {
      expect(access.rightsOf(tlsPeerOf(fingerprintWith('X'), address)).rank, address).toBe('stranger');
    }
    expect(access.rightsOf(tlsPeerOf(monitor)).rank).toBe('monitor');
    expect(access.refusal(tlsPeerOf(undefined, '10.1.2.3'), 'reload')?.code).toBe('owner-only');
  });

  it('refuses exactly what the table of operations does not allow, and says what would help', () => {
    const access = accessOf();
    const peers = {
      anybody: tlsPeerOf(undefined),
      stranger: tlsPeerOf(fingerprintWith('X')),
      monitor: tlsPeerOf(monitor),
      control: tlsPeerOf(controller),
      owner: ownPeer,
    };
    const codes = {
      anybody: 'certificate-missing',
      stranger: 'not-authorized',
      monitor: 'role-refused',
      control: '',
      owner: '',
    };
    for (const operation of Object.keys(operationTable) as OperationName[]) {
      for (const rank of ranks) {
        const needed = operationTable[operation].rank;
        const code = mayDo(rank, operation) ? undefined : needed === 'owner' ? 'owner-only' : codes[rank];
        expect(access.refusal(peers[rank], operation)?.code, `${rank} ${operation}`).toBe(code);
      }
    }
    const refusal = access.refusal(peers.stranger, 'connect')?.message;
    expect(refusal).toContain(`on SerialMachine run: sercli authorize ${fingerprintWith('X')}`);
  });

  it('holds the ports of a client, whether they are there or not', () => {
    const access = accessOf();
    const ask = (port: string) => access.sessionRefusal(tlsPeerOf(limited), { port, role: 'control' })?.code;
    expect(['plc', 'ttyS', 'tty1', 'ttyS0', 'none'].map(ask)).toEqual([
      undefined,
      undefined,
      undefined,
      'port-refused',
      'port-refused',
    ]);
    expect(access.sessionRefusal(tlsPeerOf(limited), { port: 'ttyS0', role: 'control' })?.message).toContain(
      `on SerialMachine run: sercli authorize ${limited} --ports 'plc,tty?,ttyS0'`,
    );
    expect(access.sessionRefusal(tlsPeerOf(monitor), { port: 'plc', role: 'monitor' })).toBeUndefined();
    expect(access.sessionRefusal(tlsPeerOf(monitor), { port: 'plc', role: 'control' })?.code).toBe('role-refused');
  });

  it('asks the file each time', async () => {
    const access = accessOf();
    expect(access.rightsOf(tlsPeerOf(controller)).rank).toBe('control');
    await write(`${controller} role=monitor\nnot a line\n`);
    expect(access.rightsOf(tlsPeerOf(controller)).rank).toBe('monitor');
    await rm(path());
    expect(access.rightsOf(tlsPeerOf(controller)).rank).toBe('stranger');
  });

  it('lets nobody in by a file that others can write, and says so once', async () => {
    const access = accessOf();
    await chmod(path(), 0o666);
    for (const _ of [1, 2]) expect(access.rightsOf(tlsPeerOf(controller)).rank).toBe('stranger');
    expect(errors).toEqual([expect.stringContaining(`chmod 600 ${path()}`)]);
    await chmod(path(), 0o600);
    expect(access.rightsOf(tlsPeerOf(controller)).rank).toBe('control');
  });
});
