import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AgentConnections, ClientAccess } from '@sercli/client/tools';
import {
  HeldSessions,
  listenNative,
  loadIdentity,
  NativeEndpoint,
  type NativeListener,
  ServedSession,
} from '@sercli/link';
import { defaultLimits } from '@sercli/protocol';
import { FaultProxy } from '@sercli/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DeviceAct, RecordingDevice } from './support/recording-device.ts';
import { until } from './support/until.ts';

/** Rounds of traffic, with a cut in each. */
const rounds = 60;
const roundBytes = 1_500;

let directory: string;
let device: RecordingDevice;
let listener: NativeListener;
let proxy: FaultProxy;
const held = new HeldSessions();

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sercli-resume-'));
  device = new RecordingDevice();
  const greeting = { role: 'accepter', name: 'agent', software: 'test', limits: defaultLimits } as const;
  const ignore = (): void => undefined;
  listener = await listenNative({
    address: '127.0.0.1',
    tcpPort: 0,
    identity: await loadIdentity(directory),
    refusal: () => undefined,
    hasName: () => true,
    onCrowded: ignore,
    onSlowed: ignore,
    onRequest: (_request, response) => void response.end(),
    onCarrier: (carrier) => {
      new NativeEndpoint(carrier, greeting, {
        greeted: ignore,
        open: (session) => {
          const holding = held.hold(session, { client: 'test', graceMs: 60_000, cut: ignore, resumed: ignore });
          new ServedSession({ session, link: device, epoch: 'test', held: holding });
        },
        resume: (token) => held.find(token, { client: 'test', address: carrier.peerAddress }),
        ended: ignore,
      });
    },
  });
  proxy = await FaultProxy.start(listener.tcpPort);
});

afterEach(async () => {
  await proxy.close();
  await listener.close();
  held.close();
  await rm(directory, { recursive: true });
});

describe.each(['stream', 'websocket'] as const)('a session over a %s that is cut again and again', (carrier) => {
  it('brings settings, sequences and breaks once each and in their places among the bytes', async () => {
    const connections = new AgentConnections({
      client: { name: 'test', software: 'test' },
      access: new ClientAccess({ directory }),
    });
    const link = await connections.open({ host: '127.0.0.1', tcpPort: proxy.tcpPort, carrier, port: 'dut' });
    const heard: Buffer[] = [];
    const heardBytes = (): number => heard.reduce((sum, part) => sum + part.length, 0);
    const breaks: number[] = [];
    const read = (): void => {
      for (let bytes = link.peek(65_536); bytes.length > 0; bytes = link.peek(65_536)) {
        heard.push(Buffer.from(bytes));
        link.consume(bytes.length);
      }
    };
    let wake: () => void = () => undefined;
    link.listen({
      readable: read,
      writable: () => wake(),
      event: (event) => {
        if (event.kind === 'break') breaks.push(event.offset);
        expect(event.kind).not.toBe('gap');
      },
    });
    const write = async (bytes: Buffer): Promise<void> => {
      for (let at = 0; at < bytes.length; ) {
        const writable = new Promise<void>((resolve) => {
          wake = resolve;
        });
        const taken = link.write(bytes.subarray(at));
        at += taken;
        if (at < bytes.length) await writable;
      }
    };

    const said: Buffer[] = [];
    const sent: Buffer[] = [];
    const expectedActs: DeviceAct[] = [];
    const expectedBreaks: number[] = [];
    const answers: Promise<unknown>[] = [];
    for (let round = 0; round < rounds; round += 1) {
      // Somewhere in this round's frames, and in those that resume the session too.
      proxy.cutAfter(1 + ((round * 7_919) % 3_000), round % 2 === 0 ? 'end' : 'reset');
      const bytes = Buffer.from(Array.from({ length: roundBytes }, (_, index) => (round * 31 + index) % 251));
      said.push(bytes);
      await write(bytes);
      const offset = said.length * roundBytes;
      answers.push(link.configure({ baudRate: 1_000 + round }), link.runSequence([{ break: true }, { break: false }]));
      expectedActs.push({ offset, act: { kind: 'configure', baudRate: 1_000 + round } });
      expectedActs.push({ offset, act: { kind: 'break' } });
      const back = bytes.map((byte) => byte ^ 0xff);
      sent.push(Buffer.from(back));
      device.send(back);
      device.sendBreak();
      expectedBreaks.push(sent.length * roundBytes);
      await until('the device is heard', () => heardBytes() >= (round - 2) * roundBytes);
    }
    proxy.cutAfter(Number.MAX_SAFE_INTEGER);
    await Promise.all(answers);
    await link.drain();
    await until('everything is heard', () => breaks.length >= rounds && heardBytes() >= rounds * roundBytes);

    expect(Buffer.concat(device.written).equals(Buffer.concat(said))).toBe(true);
    expect(device.acts).toEqual(expectedActs);
    expect(Buffer.concat(heard).equals(Buffer.concat(sent))).toBe(true);
    expect(breaks).toEqual(expectedBreaks);
    expect(proxy.acceptedConnections).toBeGreaterThan(rounds / 4);
    await link.close();
  }, 120_000);
});
