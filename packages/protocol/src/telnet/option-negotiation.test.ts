import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OptionNegotiation, type OptionPolicy, type OptionSide } from './option-negotiation.ts';

function side(policy: OptionPolicy, send: (text: string) => void) {
  return new OptionNegotiation(policy, {
    send: (verb, option) => send(`${verb} ${option}`),
    changed: () => undefined,
  });
}

const none = { us: new Set<number>(), peer: new Set<number>() };

describe('OptionNegotiation', () => {
  it('refuses what it does not know, each time it is asked', () => {
    const sent: string[] = [];
    const negotiation = side(none, (text) => sent.push(text));
    negotiation.receive('do', 6);
    negotiation.receive('do', 6);
    negotiation.receive('will', 24);
    expect(sent).toEqual(['wont 6', 'wont 6', 'dont 24']);
  });

  it('answers nothing that changes nothing', () => {
    const sent: string[] = [];
    const negotiation = side({ us: new Set([3]), peer: new Set([3]) }, (text) => sent.push(text));
    negotiation.ask('us', 3);
    negotiation.ask('us', 3);
    negotiation.receive('do', 3);
    negotiation.receive('do', 3);
    negotiation.receive('dont', 24);
    negotiation.receive('wont', 24);
    expect(sent).toEqual(['will 3']);
    expect(negotiation.isOn('us', 3)).toBe(true);
  });

  it('lets the peer take an option back, and take it up again', () => {
    const sent: string[] = [];
    const negotiation = side({ us: new Set([1]), peer: new Set() }, (text) => sent.push(text));
    negotiation.receive('do', 1);
    negotiation.receive('dont', 1);
    expect(negotiation.isOn('us', 1)).toBe(false);
    negotiation.receive('do', 1);
    expect(sent).toEqual(['will 1', 'wont 1', 'will 1']);
  });

  it('comes to an end when the words of both have crossed', () => {
    const wire: (() => void)[] = [];
    const policy = { us: new Set([0]), peer: new Set([0]) };
    const carry = (to: () => OptionNegotiation) => (text: string) => {
      wire.push(() => to().receive(text.split(' ')[0] as 'will' | 'wont' | 'do' | 'dont', 0));
    };
    const ends: { one: OptionNegotiation; other: OptionNegotiation } = {
      one: side(
        policy,
        carry(() => ends.other),
      ),
      other: side(
        policy,
        carry(() => ends.one),
      ),
    };
    ends.one.receive('do', 0);
    ends.one.receive('dont', 0);
    ends.one.receive('do', 0);
    ends.other.receive('wont', 0);
    ends.other.receive('will', 0);
    let turns = 0;
    for (let next = wire.shift(); next !== undefined; next = wire.shift(), turns += 1) {
      if (turns > 1000) throw new Error('they go on for ever');
      next();
    }
    expect(ends.one.isOn('us', 0)).toBe(ends.other.isOn('peer', 0));
  });

  it('comes to an end with a peer of its kind, whatever both ask and allow', () => {
    const options = fc.uniqueArray(fc.integer({ min: 0, max: 5 }));
    const policy = fc.record({ us: options, peer: options });
    const asks = fc.array(fc.tuple(fc.constantFrom<OptionSide>('us', 'peer'), fc.integer({ min: 0, max: 5 })));
    fc.assert(
      fc.property(policy, policy, asks, asks, (one, other, asksOfOne, asksOfOther) => {
        const wire: (() => void)[] = [];
        let said = 0;
        const carry = (to: () => OptionNegotiation) => (text: string) => {
          said += 1;
          const [verb, option] = text.split(' ') as ['will' | 'wont' | 'do' | 'dont', string];
          wire.push(() => to().receive(verb, Number(option)));
        };
        const setsOf = ({ us, peer }: typeof one) => ({ us: new Set(us), peer: new Set(peer) });
        const ends: { one: OptionNegotiation; other: OptionNegotiation } = {
          one: side(
            setsOf(one),
            carry(() => ends.other),
          ),
          other: side(
            setsOf(other),
            carry(() => ends.one),
          ),
        };
        for (const [ask, option] of asksOfOne) ends.one.ask(ask, option);
        for (const [ask, option] of asksOfOther) ends.other.ask(ask, option);
        for (let next = wire.shift(); next !== undefined && said < 1000; next = wire.shift()) next();
        expect(said).toBeLessThan(1000);
        for (let option = 0; option <= 5; option += 1) {
          expect(ends.one.isOn('us', option)).toBe(ends.other.isOn('peer', option));
          expect(ends.one.isOn('peer', option)).toBe(ends.other.isOn('us', option));
        }
      }),
    );
  });
});
