import type { ClientList } from '@sercli/protocol';
import { describe, expect, it } from 'vitest';
import { chooseClient } from './client-choice.ts';

const anna = `K7QF2M${'A'.repeat(46)}`;
const bob = `K7QF3N${'B'.repeat(45)}Q`;
const carl = `${'C'.repeat(51)}A`;
const since = '2026-11-22T10:04:00.000Z';
const list: ClientList = {
  version: 1,
  agent: { name: 'plant', software: 'test', open: false },
  file: '/authorized_clients',
  clients: [{ fingerprint: bob, role: 'control', ports: ['*'] }],
  waiting: [
    {
      fingerprint: anna,
      name: 'anna@laptop',
      address: '192.168.7.2:51034',
      role: 'monitor',
      since,
      until: since,
      isConnected: true,
    },
  ],
};

describe('chooseClient', () => {
  it('takes a full fingerprint that nobody has asked with, but only where it need not be known', () => {
    const grouped = (carl.toLowerCase().match(/.{4}/g) ?? []).join('-');
    expect(chooseClient(grouped, list, 'any')).toEqual({ fingerprint: carl, isGuess: false });
    expect(() => chooseClient(carl, list, 'authorised')).toThrow(`"${carl}" is not authorised on plant;`);
  });

  it('knows clients by what is shown of their fingerprints, and guesses from less', () => {
    expect(chooseClient('K7QF-2MAA-AAAA-AAAA', list, 'any')).toEqual({ fingerprint: anna, isGuess: false });
    expect(chooseClient('k7qf3nbbbbbbbbbb', list, 'authorised')).toEqual({ fingerprint: bob, isGuess: false });
    expect(chooseClient('K7QF-2MAA-AAAA-AAA', list, 'any')).toEqual({ fingerprint: anna, isGuess: true });
    expect(chooseClient('k7qf', list, 'waiting')).toEqual({ fingerprint: anna, isGuess: true });
  });

  it('names those that are meant perhaps', () => {
    expect(() => chooseClient('k7qf', list, 'any')).toThrow(
      '"k7qf" begins the fingerprints of several clients on plant; give more of one of: K7QF-2MAA-AAAA-AAAA anna@laptop, K7QF-3NBB-BBBB-BBBB',
    );
  });

  it('says who waits when nobody is meant', () => {
    const missing = (group: 'any' | 'waiting' | 'authorised', from = list) => {
      try {
        return chooseClient('DDDD', from, group);
      } catch (error) {
        return error;
      }
    };
    const waiting = 'those that wait (K7QF-2MAA-AAAA-AAAA anna@laptop)';
    expect(missing('any')).toMatchObject({ code: 'client-not-found', exit: 3 });
    expect(missing('any')).toMatchObject({ message: expect.stringContaining(`${waiting} or are authorised on plant`) });
    expect(missing('waiting')).toMatchObject({ message: expect.stringContaining(`among ${waiting} on plant`) });
    const empty = { ...list, waiting: [] };
    expect(missing('any', empty)).toMatchObject({
      message: expect.stringContaining('authorised (and nobody waits) on'),
    });
    expect(missing('waiting', empty)).toMatchObject({ message: expect.stringContaining('not waiting (nobody is) on') });
  });

  it.each(['', 'K7Q', 'K7QF-2M9!', 'anna@laptop', 'K7Q1', `${'A'.repeat(52)}A`])('refuses "%s"', (text) => {
    expect(() => chooseClient(text, list, 'any')).toThrow(/is no fingerprint|is not among/);
  });
});
