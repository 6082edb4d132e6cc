import type { AdmissionRequest } from '@sercli/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { silentLogger } from '../logger.ts';
import { fingerprintWith, tlsPeerOf } from './testing/fingerprints.ts';
import { type Outcome, WaitingClients } from './waiting-clients.ts';

const limits = {
  waitingClients: 4,
  waitingClientsPerAddress: 2,
  waitingMs: 600_000,
  waitingConnectionsPerClient: 2,
  admissionsPerMinute: 5,
  countedAddresses: 9,
};
const request: AdmissionRequest = { name: 'anna@laptop', role: 'control', port: 'ttyS0', waits: true };
const [anna, bert, carl] = ['A', 'B', 'C'].map(fingerprintWith) as [string, string, string];

describe('WaitingClients', () => {
  let waiting: WaitingClients;
  let told: string[];
  const strangerOf = (fingerprint: string, ipAddress?: string) => ({
    ...tlsPeerOf(fingerprint, ipAddress),
    fingerprint,
  });
  beforeEach(() => {
    vi.useFakeTimers();
    told = [];
    const logger = { ...silentLogger, warn: (_fields: object, text: string) => void told.push(text) };
    waiting = new WaitingClients({ limits, host: () => 'SerialMachine', logger });
  });
  afterEach(() => {
    waiting.close();
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  it('lists who asks, for what, and tells it once', () => {
    waiting.ask(strangerOf(anna), request);
    waiting.ask(strangerOf(anna), { ...request, role: 'monitor' });
    expect(waiting.list()).toMatchObject([
      {
        fingerprint: anna,
        name: 'anna@laptop',
        address: '203.0.113.7:51034',
        role: 'monitor',
        port: 'ttyS0',
        isConnected: false,
      },
    ]);
    expect(told).toEqual([
      'anna@laptop (203.0.113.7:51034) asks to be let in, to control ttyS0; let it in with: sercli authorize AAAA-AAAA-AAAA-AAAA',
    ]);
  });

  it('shows no name that would command a terminal', () => {
    waiting.ask(strangerOf(anna), { ...request, name: '\u001b[2Janna\u202e\n' });
    expect(waiting.list()[0]?.name).toBe('?[2Janna??');
    expect(told[0]).not.toMatch(/\p{C}/u);
  });

  it('lets those go on that are authorised, wherever they wait', () => {
    const outcomes: Outcome[] = [];
    waiting.ask(strangerOf(anna), request);
    waiting.ask(strangerOf(bert), request);
    waiting.wait(anna, (outcome) => outcomes.push(outcome));
    const stop = waiting.wait(anna, (outcome) => outcomes.push(outcome));
    expect(() => waiting.wait(anna, () => undefined)).toThrow('waits on 2 connections already');
    stop();
    waiting.admit((fingerprint) => fingerprint === anna);
    expect(outcomes).toEqual([{ isAdmitted: true }]);
    expect(waiting.list().map(({ fingerprint }) => fingerprint)).toEqual([bert]);
  });

  it('remembers who has gone, and forgets who is not let in in time', () => {
    const outcomes: Outcome[] = [];
    waiting.ask(strangerOf(anna), request);
    waiting.wait(anna, () => undefined)();
    waiting.ask(strangerOf(bert), request);
    waiting.wait(bert, (outcome) => outcomes.push(outcome));
    vi.advanceTimersByTime(599_999);
    expect(waiting.list().map(({ isConnected }) => isConnected)).toEqual([false, true]);
    waiting.ask(strangerOf(anna), request);
    vi.advanceTimersByTime(1);
    expect(outcomes).toMatchObject([
      { isAdmitted: false, error: { code: 'not-authorized', message: expect.stringContaining('within 10 minutes') } },
    ]);
    expect(waiting.list().map(({ fingerprint }) => fingerprint)).toEqual([anna]);
  });

  it('keeps so many in all and from one address, counting those that ask again once', () => {
    waiting.ask(strangerOf(anna, '192.0.2.1'), request);
    waiting.ask(strangerOf(bert, '192.0.2.1'), request);
    waiting.ask(strangerOf(bert, '192.0.2.1'), request);
    expect(() => waiting.ask(strangerOf(carl, '192.0.2.1'), request)).toThrow('2 clients wait at its address already');
    waiting.ask(strangerOf(carl, '2001:db8::1'), request);
    waiting.ask(strangerOf(fingerprintWith('D'), '2001:db8::2'), request);
    expect(() => waiting.ask(strangerOf(fingerprintWith('E'), '2001:db8::3'), request)).toThrow('at its address');
    expect(() => waiting.ask(strangerOf(fingerprintWith('E'), '192.0.2.9'), request)).toThrow('4 clients wait already');
  });

  it('shows only so many requests from one address in a minute', () => {
    let shown = 0;
    waiting.watch(() => {
      shown += 1;
    });
    const ask = (index: number): void => waiting.ask(strangerOf(anna, '192.0.2.1'), { ...request, name: `a${index}` });
    for (let index = 0; index < 5; index += 1) ask(index);
    for (let index = 0; index < 100; index += 1) expect(() => ask(index)).toThrow('asks too often; try again in a min');
    expect([shown, waiting.list()[0]?.name]).toEqual([6, 'a4']);
    waiting.ask(strangerOf(bert, '192.0.2.2'), request);
    vi.advanceTimersByTime(12_000);
    ask(5);
    expect(waiting.list().map(({ name }) => name)).toEqual(['a5', 'anna@laptop']);
  });

  it('does not ask again about one that was turned away, until that is long ago or it is authorised', () => {
    const outcomes: Outcome[] = [];
    waiting.ask(strangerOf(anna), request);
    waiting.wait(anna, (outcome) => outcomes.push(outcome));
    expect([waiting.turnAway(anna), waiting.turnAway(anna)]).toEqual([true, false]);
    expect(outcomes).toMatchObject([{ isAdmitted: false, error: { code: 'not-authorized' } }]);
    expect(() => waiting.ask(strangerOf(anna), request)).toThrow('it was turned away');
    vi.advanceTimersByTime(600_000);
    waiting.ask(strangerOf(anna), request);
    waiting.turnAway(anna);
    waiting.admit(() => true);
    waiting.ask(strangerOf(anna), request);
    expect(waiting.list()).toHaveLength(1);
  });
});
