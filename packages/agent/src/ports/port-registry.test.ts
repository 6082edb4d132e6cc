import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LinkApplication, PtyFarEnd, patternBytes } from '@sercli/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PortConfig, portConfigOf } from '../config/config.ts';
import type { DeviceInfo } from '../devices/list-devices.ts';
import { silentLogger } from '../logger.ts';
import { PortRegistry } from './port-registry.ts';
import type { SessionLink } from './session-link.ts';
import { request } from './testing/port-bench.ts';

/** A directory in which devices, each with a far end, are plugged in and out. */
class Machine {
  readonly directory: string;
  #devices: DeviceInfo[] = [];
  readonly #farEnds = new Map<string, PtyFarEnd>();

  constructor(directory: string) {
    this.directory = directory;
  }

  readonly find = async (): Promise<readonly DeviceInfo[]> => this.#devices;

  async plugIn(name: string, serialNumber: string): Promise<PtyFarEnd> {
    const farEnd = new PtyFarEnd();
    farEnd.stay();
    const path = join(this.directory, name);
    this.#farEnds.set(path, farEnd);
    const usb = { vendorId: '0403', productId: '6001', serialNumber };
    this.#devices = [...this.#devices, { path, description: 'FTDI', usb }];
    await symlink(farEnd.path, path);
    return farEnd;
  }

  /** The far end really hangs up, as that of an adapter that is pulled out. */
  async unplug(name: string): Promise<void> {
    const path = join(this.directory, name);
    this.#devices = this.#devices.filter((device) => device.path !== path);
    await rm(path);
    this.#farEnds.get(path)?.close();
    this.#farEnds.delete(path);
  }

  close(): void {
    for (const farEnd of this.#farEnds.values()) farEnd.close();
  }
}

describe('PortRegistry', () => {
  let directory: string;
  let machine: Machine;
  let registry: PortRegistry;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sercli-registry-'));
    machine = new Machine(directory);
    registry = new PortRegistry({
      host: 'SerialMachine',
      logger: silentLogger,
      findDevices: machine.find,
      deviceDirectory: directory,
    });
  });
  afterEach(async () => {
    await registry.close();
    machine.close();
    await rm(directory, { recursive: true });
  });

  const states = async (): Promise<string[]> =>
    (await registry.list()).map(({ name, state, device }) => `${name} ${state} ${device.replace(directory, '')}`);
  const open = async (name: string): Promise<SessionLink> => (await registry.get(name)).openSession(request());
  const nextChange = (): Promise<void> =>
    new Promise((resolve) => {
      const stop = registry.watch(() => {
        stop();
        resolve();
      });
    });

  it('serves what is plugged in at once, and under its old name what comes back elsewhere', async () => {
    await registry.select({ ports: [], isFinding: true, policy: {} });
    const came = nextChange();
    await machine.plugIn('ttyUSB0', 'A');
    await came;
    expect(await states()).toEqual(['ttyUSB0 idle /ttyUSB0']);

    const session = await open('ttyUSB0');
    const kinds: string[] = [];
    let tell: () => void = () => undefined;
    const until = async (kind: string): Promise<void> => {
      while (session.state.kind !== kind) await new Promise<void>((resolve) => (tell = resolve));
    };
    session.listen({
      readable: () => undefined,
      writable: () => undefined,
      event: (event) => {
        kinds.push(event.kind === 'state' ? event.state.kind : event.kind);
        tell();
      },
    });
    for (const [from, to] of [
      ['ttyUSB0', 'ttyUSB7'],
      ['ttyUSB7', 'ttyUSB3'],
      ['ttyUSB3', 'ttyUSB0'],
    ] as const) {
      await machine.unplug(from);
      await until('lost');
      expect(await states()).toEqual([`ttyUSB0 lost /${from}`]);
      await expect(open('ttyUSB0')).rejects.toMatchObject({ exit: 6 });

      const farEnd = await machine.plugIn(to, 'A');
      await until('up');
      expect(await states()).toEqual([`ttyUSB0 open /${to}`]);
      const heard = new Promise<Uint8Array>((resolve) => farEnd.onBytes(resolve));
      session.write(Buffer.from('back'));
      expect(Buffer.from(await heard).toString()).toBe('back');
    }
    expect(kinds.filter((kind) => kind === 'lost' || kind === 'up')).toEqual([
      'lost',
      'up',
      'lost',
      'up',
      'lost',
      'up',
    ]);
  });

  it('tells the line sequences of a port, also other ones, without disturbing its sessions', async () => {
    const farEnd = await machine.plugIn('ttyUSB0', 'A');
    await machine.plugIn('ttyUSB1', 'B');
    const config = portConfigOf({ kind: 'device', name: 'plc', path: farEnd.path, settings: {} });
    const told = async () => (await registry.list()).map(({ name, sequences }) => [name, sequences]);
    const all = { blink: 'dtr=on 1s dtr=off', both: 'dtr=on' };
    const select = (ports: readonly PortConfig[], sequences: Record<string, string>) =>
      registry.select({ ports, isFinding: true, policy: {}, sequences });
    await select([{ ...config, sequences: { both: 'rts=on' } }], all);
    expect((await told()).slice(0, 2)).toEqual([
      ['plc', { blink: 'dtr=on 1s dtr=off', both: 'rts=on' }],
      ['ttyUSB0', all],
    ]);
    const session = await open('plc');
    await select([config], { one: 'dtr=off' });
    expect((await told())[0]).toEqual(['plc', { one: 'dtr=off' }]);
    await select([config], {});
    expect((await told())[0]).toEqual(['plc', undefined]);
    expect(session.state.kind).toBe('up');
  });

  it('gives a waiting session its own device again, and not another in its place', async () => {
    await registry.select({ ports: [], isFinding: true, policy: {} });
    await machine.plugIn('ttyUSB0', 'A');
    await machine.plugIn('ttyUSB1', 'B');
    const session = await open('ttyUSB0');
    const isUp = (): Promise<void> =>
      new Promise((resolve) => {
        const event = (): void => (session.state.kind === 'up' ? resolve() : undefined);
        session.listen({ readable: () => undefined, writable: () => undefined, event });
      });
    await machine.unplug('ttyUSB0');
    await machine.unplug('ttyUSB1');
    const wrong = await machine.plugIn('ttyUSB0', 'B');
    wrong.onBytes(() => expect.fail('the other device got them'));
    const back = isUp();
    const farEnd = await machine.plugIn('ttyUSB1', 'A');
    const heard = new Promise<Uint8Array>((resolve) => farEnd.onBytes(resolve));
    await back;
    session.write(Buffer.from('mine'));
    expect(Buffer.from(await heard).toString()).toBe('mine');
  });

  it('keeps names apart when adapters change places', async () => {
    await registry.select({ ports: [], isFinding: true, policy: {} });
    await machine.plugIn('ttyUSB0', 'A');
    await machine.plugIn('ttyUSB1', 'B');
    expect(await states()).toEqual(['ttyUSB0 idle /ttyUSB0', 'ttyUSB1 idle /ttyUSB1']);
    await machine.unplug('ttyUSB0');
    await machine.unplug('ttyUSB1');
    expect(await states()).toEqual(['ttyUSB0 lost /ttyUSB0', 'ttyUSB1 lost /ttyUSB1']);
    await machine.plugIn('ttyUSB0', 'B');
    await machine.plugIn('ttyUSB1', 'A');
    expect(await states()).toEqual(['ttyUSB0 idle /ttyUSB1', 'ttyUSB1 idle /ttyUSB0']);
  });

  it('goes on with what appears under the path of a named port, time after time and under load', async () => {
    const path = join(directory, 'dut');
    const spec = { kind: 'device', path, name: 'dut', settings: {} } as const;
    await registry.select({ ports: [portConfigOf(spec)], isFinding: false, policy: {} });
    let farEnd = await machine.plugIn('dut', 'A');
    const session = await open('dut');
    const application = new LinkApplication(session);
    for (let turn = 1; turn <= 10; turn += 1) {
      farEnd.write(patternBytes(20_000));
      session.write(patternBytes(4000));
      await machine.unplug('dut');
      await application.until(() => session.state.kind === 'lost');
      farEnd = await machine.plugIn('dut', 'A');
      await application.until(() => session.state.kind === 'up');
      const count = application.received.length;
      farEnd.write(Buffer.from('back'));
      await application.until(() => application.received.length >= count + 4);
    }
    expect(application.events.filter(({ kind }) => kind === 'gap')).toHaveLength(10);
    expect(session.status.readBytes).toBe(application.received.length);
  });

  it('gives a port that is described by a match its device, and does not find that again', async () => {
    const spec = { kind: 'matched', name: 'plc', match: { serial: 'A' }, settings: {} } as const;
    const plc = { spec, isFixed: false, policy: {}, outputs: {}, accepters: [] };
    await registry.select({ ports: [plc], isFinding: true, policy: {} });
    expect(await states()).toEqual(['plc lost none']);
    await machine.plugIn('ttyUSB0', 'A');
    await machine.plugIn('ttyUSB1', 'B');
    expect(await states()).toEqual(['plc idle /ttyUSB0', 'ttyUSB1 idle /ttyUSB1']);
  });

  it('leaves a port alone whose description stays the same, and ends the others', async () => {
    const echo = (name: string) => portConfigOf({ kind: 'simulator', simulator: 'echo', name, settings: {} });
    await registry.select({ ports: [echo('kept'), echo('left')], isFinding: false, policy: {} });
    const kept = await open('kept');
    const left = await open('left');
    await registry.select({ ports: [echo('kept'), echo('fresh')], isFinding: false, policy: {} });
    expect(kept.state).toEqual({ kind: 'up' });
    expect(await left.closed).toMatchObject({ code: 'session-ended' });
    expect((await registry.list()).map(({ name }) => name)).toEqual(['kept', 'fresh']);
    await expect(registry.get('left')).rejects.toMatchObject({ code: 'port-not-found' });
  });

  it('refuses two ports of one name, and changes nothing', async () => {
    const echo = portConfigOf({ kind: 'simulator', simulator: 'echo', name: 'e', settings: {} });
    await registry.select({ ports: [echo], isFinding: false, policy: {} });
    await expect(registry.select({ ports: [echo, echo], isFinding: false, policy: {} })).rejects.toMatchObject({
      code: 'usage',
    });
    expect((await registry.list()).map(({ name }) => name)).toEqual(['e']);
  });
});
