import { defaultAgentLimits } from '@sercli/protocol';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type HandshakeRates, HandshakeTurns, type Rate } from './handshake-turns.ts';

interface Turn {
  readonly source: string;
  readonly who: string;
  readonly at: number;
}

/** Turns on a clock that stands still unless told to go on. */
class Door {
  now = 1_000;
  readonly turns: HandshakeTurns<string>;
  readonly taken: Turn[] = [];
  /** Who waits, by source, in the order in which they came. */
  readonly waiting = new Map<string, string[]>();
  #came = 0;

  constructor(rates: HandshakeRates) {
    this.turns = new HandshakeTurns(rates);
  }

  come(source: string, count = 1): void {
    for (let one = 0; one < count; one += 1) {
      this.#came += 1;
      const who = `${source}/${this.#came}`;
      this.waiting.set(source, [...(this.waiting.get(source) ?? []), who]);
      this.turns.join(who, source);
    }
  }

  /** The first of a source goes away. */
  go(source: string): void {
    const who = this.waiting.get(source)?.shift();
    if (who !== undefined) this.turns.leave(who, source);
  }

  /** Lets time pass, and each have their turn as soon as it comes. */
  pass(ms: number): void {
    const end = this.now + ms;
    for (let at = this.turns.nextAt(this.now); at !== undefined && at <= end; at = this.turns.nextAt(this.now)) {
      this.now = at;
      const who = this.turns.take(at);
      if (who === undefined) throw new Error(`nobody has a turn at ${at}, which was to be the next one`);
      const source = who.slice(0, who.indexOf('/'));
      // Within a source in order, and nobody twice or after having gone.
      expect(this.waiting.get(source)?.shift()).toBe(who);
      this.taken.push({ source, who, at });
    }
    this.now = end;
    expect(this.turns.take(end)).toBeUndefined();
  }

  get waitingCount(): number {
    return [...this.waiting.values()].reduce((sum, { length }) => sum + length, 0);
  }
}

const { handshakesAtOncePerAddress, handshakesPerSecondPerAddress, handshakesAtOnce, handshakesPerSecond } =
  defaultAgentLimits;
const rates: HandshakeRates = {
  perSource: { burst: handshakesAtOncePerAddress, perSecond: handshakesPerSecondPerAddress },
  inAll: { burst: handshakesAtOnce, perSecond: handshakesPerSecond },
};

const rate = fc.record({ burst: fc.integer({ min: 1, max: 20 }), perSecond: fc.integer({ min: 1, max: 50 }) });
const anyRates = fc.record({ perSource: rate, inAll: rate });
const step = fc.record({
  source: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  come: fc.nat(12),
  go: fc.nat(2),
  pauseMs: fc.oneof(fc.constant(0), fc.nat(50), fc.nat(5_000)),
});

function run(door: Door, steps: readonly (typeof step extends fc.Arbitrary<infer Step> ? Step : never)[]): void {
  for (const { source, come, go, pauseMs } of steps) {
    door.come(source, come);
    for (let one = 0; one < go; one += 1) door.go(source);
    door.pass(pauseMs);
  }
}

function expectWithin({ burst, perSecond }: Rate, turns: readonly Turn[]): void {
  for (const [index, first] of turns.entries()) {
    for (const [more, last] of turns.slice(index).entries()) {
      expect(more + 1).toBeLessThanOrEqual(burst + ((last.at - first.at) * perSecond) / 1000 + 1e-6);
    }
  }
}

it('gives no source and not all together more turns than they may have, in any time', () => {
  fc.assert(
    fc.property(anyRates, fc.array(step, { maxLength: 30 }), ({ perSource, inAll }, steps) => {
      const door = new Door({ perSource, inAll });
      run(door, steps);
      expectWithin(inAll, door.taken);
      for (const source of door.waiting.keys()) {
        expectWithin(
          perSource,
          door.taken.filter((turn) => turn.source === source),
        );
      }
    }),
  );
});

it('gives everybody a turn who stays, in order, and remembers nobody for ever', () => {
  fc.assert(
    fc.property(anyRates, fc.array(step, { maxLength: 30 }), (some, steps) => {
      const door = new Door(some);
      run(door, steps);
      door.pass(3_600_000);
      expect(door.waitingCount).toBe(0);
      expect(door.turns.nextAt(door.now)).toBeUndefined();
      door.come('z');
      door.pass(0);
      expect(door.turns.size).toBe(1);
    }),
  );
});

it('lets a source that has had no turn lately wait for one turn of each other at most, whatever they do', () => {
  fc.assert(
    fc.property(
      anyRates,
      fc.array(step, { maxLength: 20 }),
      fc.array(step, { maxLength: 20 }),
      (some, before, after) => {
        const door = new Door(some);
        run(door, before);
        const from = door.taken.length;
        door.come('newcomer');
        run(door, after);
        door.pass(3_600_000);
        const turns = door.taken.slice(from).map(({ source }) => source);
        const ahead = turns.slice(0, turns.indexOf('newcomer'));
        expect(ahead).toHaveLength(new Set(ahead).size);
      },
    ),
  );
});

it('does not hold up a machine that comes back with all that it may have, nor another one', () => {
  const door = new Door(rates);
  door.come('a', defaultAgentLimits.connectionsPerAddress);
  door.come('b', defaultAgentLimits.connectionsPerAddress);
  door.pass(0);
  expect(door.waitingCount).toBe(0);
});

it('slows who shakes hands all the time to 8 a second, and serves others at once', () => {
  const door = new Door(rates);
  door.come('storm', 512);
  door.pass(0);
  expect(door.taken).toHaveLength(256);
  door.pass(1_000);
  expect(door.taken).toHaveLength(256 + 8);
  door.come('a');
  door.pass(0);
  expect(door.taken.at(-1)?.source).toBe('a');
});

it('slows many who do so together to 32 a second, and serves another one next', () => {
  const door = new Door(rates);
  for (let source = 0; source < 100; source += 1) door.come(`storm-${source}`, 64);
  door.pass(0);
  expect(door.taken).toHaveLength(512);
  door.pass(1_000);
  expect(door.taken).toHaveLength(512 + 32);
  door.come('a');
  door.pass(1_000 / 32);
  expect(door.taken.at(-1)?.source).toBe('a');
});

it('remembers no more sources than can have had a turn in twice the time in which one has rested', () => {
  const door = new Door(rates);
  const restSeconds = rates.perSource.burst / rates.perSource.perSecond;
  for (let source = 0; source < 5_000; source += 1) {
    door.come(`${source}`, 2);
    door.pass(10);
    expect(door.turns.size).toBeLessThanOrEqual(rates.inAll.burst + rates.inAll.perSecond * 2 * restSeconds);
  }
});
