import { type AccepterSession, SercliError } from '@sercli/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HeldSessions } from './held-sessions.ts';

const lost = new SercliError('connection-lost', { host: 'desk', reason: 'the cable was pulled' });

const anna = { client: 'anna', address: '10.0.0.2:7' };

function setUp() {
  const held = new HeldSessions();
  const expired: SercliError[] = [];
  const told: string[] = [];
  const session: Partial<AccepterSession> = { expire: (error) => void expired.push(error) };
  const { token, keeper } = held.hold(session as AccepterSession, {
    client: 'anna',
    graceMs: 600_000,
    cut: (reason) => void told.push(`cut: ${reason}`),
    resumed: (address) => void told.push(`resumed from ${address}`),
  });
  return { held, session, token, keeper, expired, told };
}

describe('HeldSessions', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('gives each session a token of 128 bits that finds it until it is over', () => {
    const { held, session, token, keeper } = setUp();
    expect(Buffer.from(token, 'base64url')).toHaveLength(16);
    expect(held.find(token, anna)).toBe(session);
    expect(held.find(`${token.slice(0, -1)}_`, anna)).toBeUndefined();
    keeper.over();
    expect(held.find(token, anna)).toBeUndefined();
  });

  it('gives a session to nobody but its own client, whoever knows the token', () => {
    const { held, session, token } = setUp();
    expect(held.find(token, { ...anna, client: 'bert' })).toBeUndefined();
    expect(held.find(token, { ...anna, address: '10.0.0.9:1' })).toBe(session);
  });

  it('gives up a session whose client does not come back in time', () => {
    const { keeper, expired, told } = setUp();
    keeper.cut(lost);
    expect(told).toEqual([`cut: ${lost.message}`]);
    vi.advanceTimersByTime(599_999);
    expect(expired).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(expired).toMatchObject([{ code: 'session-ended', cause: lost }]);
  });

  it('begins the time anew with each cut', () => {
    const { held, token, keeper, expired, told } = setUp();
    keeper.cut(lost);
    vi.advanceTimersByTime(599_999);
    held.find(token, { ...anna, address: '10.0.0.2:8' });
    keeper.resumed();
    vi.advanceTimersByTime(600_000);
    keeper.cut(lost);
    vi.advanceTimersByTime(599_999);
    expect(expired).toEqual([]);
    expect(told).toContain('resumed from 10.0.0.2:8');
    vi.advanceTimersByTime(1);
    expect(expired).toHaveLength(1);
  });

  it('gives up the one that is cut off for the longest time where there are too many', () => {
    const held = new HeldSessions();
    const expired: number[] = [];
    const keepers = Array.from({ length: 258 }, (_, number) => {
      const session: Partial<AccepterSession> = { expire: () => keeperOf(number)?.over() };
      const holding = { client: 'anna', graceMs: 600_000, cut: () => undefined, resumed: () => undefined };
      const { keeper } = held.hold(session as AccepterSession, holding);
      const over = (): void => {
        expired.push(number);
        keeper.over();
      };
      return { ...keeper, over };
    });
    const keeperOf = (number: number) => keepers[number];
    for (const keeper of keepers) keeper.cut(lost);
    expect(expired).toEqual([0, 1]);
    expect(vi.getTimerCount()).toBe(256);
  });

  it('leaves no timer behind', () => {
    const { held, keeper } = setUp();
    keeper.cut(lost);
    held.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});
