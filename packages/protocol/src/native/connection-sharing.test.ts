import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../limits.ts';
import { defaultLineSettings } from '../line-settings.ts';
import { noModemLines } from '../modem-lines.ts';
import { ScriptedPeer } from '../testing/scripted-peer.ts';
import { SimulatedApplication } from '../testing/simulated-application.ts';
import { SimulatedPair } from '../testing/simulated-pair.ts';
import { SimulatedPort } from '../testing/simulated-port.ts';

const opened = {
  type: 'opened',
  name: 'ttyS0',
  device: '/dev/ttyS0',
  epoch: 'first',
  offset: 0,
  limit: 2 ** 40,
  settings: defaultLineSettings,
  lines: noModemLines,
} as const;

/** The peers of these tests acknowledge nothing. */
const limits = { ...defaultLimits, keptBytes: 2 ** 40 };

/** Lets the carrier take `frames` DATA frames a turn, and says how many bytes each channel sent in all turns. */
function shareOut(peer: ScriptedPeer, turns: number, frames: number): number[] {
  const bytes = new Map<number, number>();
  let left = 0;
  peer.heard.data = (channel, _offset, part) => {
    bytes.set(channel, (bytes.get(channel) ?? 0) + part.length);
    left -= 1;
    if (left === 0) peer.connection.setCongested(true, peer.now);
  };
  for (let turn = 0; turn < turns; turn += 1) {
    left = frames;
    peer.connection.setCongested(false, peer.now);
  }
  return [...bytes.values()];
}

/** Everybody sends the same, give or take one turn. */
function expectFair(shares: readonly number[], sessions: number, frames: number): void {
  expect(shares).toHaveLength(sessions);
  expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(frames * defaultLimits.dataBytes);
}

describe.each([2, 3, 7])('%i sessions on a congested carrier', (sessions) => {
  it.each([1, 4])('share it when the accepter sends %i frames a turn', (frames) => {
    const peer = ScriptedPeer.greeted('accepter', limits);
    for (let channel = 1; channel <= sessions; channel += 1) {
      peer.connection.setCongested(true, peer.now);
      peer.say(channel, { type: 'open', port: 'ttyS0', settings: {}, window: 2 ** 40 });
    }
    peer.opened.forEach((session, seed) => {
      const port = new SimulatedPort(session, seed, 0, () => peer.now);
      port.accept();
      port.make(2 ** 30);
    });
    expectFair(shareOut(peer, 50, frames), sessions, frames);
  });

  it.each([1, 4])('share it when the connector sends %i frames a turn', (frames) => {
    const peer = ScriptedPeer.greeted('connector', limits);
    peer.connection.setCongested(true, peer.now);
    const limit = 50 * frames * defaultLimits.dataBytes;
    for (let channel = 1; channel <= sessions; channel += 1) {
      const application = new SimulatedApplication(channel, () => peer.now);
      application.session = peer.connection.openSession({ port: 'ttyS0' }, application);
      peer.say(channel, opened);
      application.write(limit);
    }
    expectFair(shareOut(peer, 20, frames), sessions, frames);
  });
});

describe('a session whose application does not read', () => {
  it('holds its window and no more, and neither the other session nor the pings wait for it', () => {
    const pair = new SimulatedPair();
    const idle = pair.open('now');
    const busy = pair.open('now');
    pair.pass(10);
    idle.port?.make(1_000_000);
    busy.port?.make(1_000_000);
    for (let ms = 0; ms < 30_000; ms += 100) {
      pair.pass(100);
      busy.application.consume(Number.POSITIVE_INFINITY);
    }
    expect(idle.application.unreadBytes).toBe(defaultLimits.receiveWindowBytes);
    expect(busy.application.receivedOffset).toBe(1_000_000);
    expect(pair.connection.pings).toEqual({ connector: 6, accepter: 6 });
    expect(pair.endings).toEqual({ connector: [], accepter: [] });
    idle.application.consume(Number.POSITIVE_INFINITY);
    for (let ms = 0; ms < 2_000; ms += 100) {
      pair.pass(100);
      idle.application.consume(Number.POSITIVE_INFINITY);
    }
    expect(idle.application.receivedOffset).toBe(1_000_000);
  });
});

describe('a device that takes nothing', () => {
  it('holds its window and no more, and the other session goes on', () => {
    const pair = new SimulatedPair();
    const held = pair.open('now');
    const free = pair.open('now');
    pair.pass(10);
    held.application.write(100_000);
    free.application.write(100_000);
    for (let ms = 0; ms < 20_000; ms += 10) {
      pair.pass(10);
      free.port?.take(Number.POSITIVE_INFINITY);
    }
    expect(held.port?.receivedOffset).toBe(defaultLimits.sendWindowMinBytes);
    expect(held.application.unwrittenBytes).toBe(100_000 - defaultLimits.sendWindowMinBytes);
    expect(free.port?.receivedOffset).toBe(100_000);
  });

  it('has the window grow with its rate, and so is kept busy', () => {
    const manner = { delaysMs: [20], chunkSizes: [1_500] };
    const pair = new SimulatedPair({ toAccepter: manner, toConnector: manner });
    const { application } = pair.open('now');
    pair.pass(100);
    const port = pair.sessions[0]?.port;
    application.write(2_000_000);
    // 1 MB/s; the first windows are small, then nothing may be lost.
    for (let ms = 0; ms < 3_000; ms += 1) {
      pair.pass(1);
      port?.take(1_000);
    }
    expect(port?.taken()).toBe(2_000_000);
  });
});
