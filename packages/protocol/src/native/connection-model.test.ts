import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SercliError } from '../errors.ts';
import { defaultLimits } from '../limits.ts';
import type { PipeManner } from '../testing/byte-pipe.ts';
import { chunkSizes } from '../testing/frame-arbitraries.ts';
import { SimulatedPair, type SimulatedSession, type Welcome } from '../testing/simulated-pair.ts';
import type { PortEvent } from './messages/event.ts';
import type { PortRequest } from './messages/request.ts';

/** Small windows, so that every few bytes meet one. */
const limits = {
  ...defaultLimits,
  dataBytes: 32,
  receiveWindowBytes: 100,
  sendWindowMinBytes: 40,
  sendWindowMaxBytes: 200,
};

/** What may end a session, and what each end is then told. */
const causes = {
  refused: { application: 'port-busy', port: 'never accepted' },
  'client closes': { application: 'on purpose', port: 'closed' },
  'client aborts': { application: 'aborted', port: 'aborted' },
  'port closes': { application: 'session-ended', port: 'closed' },
  'port aborts': { application: 'device-failed', port: 'closed' },
  'carrier drops': { application: 'connection-lost', port: 'connection-lost' },
} as const;

type Cause = keyof typeof causes;

/** What is expected of the simulated pair. */
interface Model {
  /** For each session what has happened that ends it. */
  readonly causes: Set<Cause>[];
  isDropped: boolean;
}

interface Turn {
  readonly pair: SimulatedPair;
  readonly session: SimulatedSession;
  readonly causes: Set<Cause>;
}

class Step implements fc.Command<Model, SimulatedPair> {
  readonly #name: string;
  readonly #isPossible: (model: Model) => boolean;
  readonly #act: (model: Model, pair: SimulatedPair) => void;

  constructor(name: string, isPossible: (model: Model) => boolean, act: (model: Model, pair: SimulatedPair) => void) {
    this.#name = name;
    this.#isPossible = isPossible;
    this.#act = act;
  }

  check(model: Readonly<Model>): boolean {
    return this.#isPossible(model);
  }

  run(model: Model, pair: SimulatedPair): void {
    this.#act(model, pair);
    checkWindows(pair);
  }

  toString(): string {
    return this.#name;
  }
}

/** A step of one of the sessions there are. */
function sessionStep<Value>(
  name: string,
  values: fc.Arbitrary<Value>,
  act: (turn: Turn, value: Value) => void,
): fc.Arbitrary<Step> {
  return fc.tuple(fc.nat(5), values).map(
    ([chosen, value]) =>
      new Step(
        `${name}(${chosen}, ${JSON.stringify(value)})`,
        (model) => model.causes.length > 0,
        (model, pair) => {
          const index = chosen % model.causes.length;
          const session = pair.sessions[index];
          const sessionCauses = model.causes[index];
          if (session !== undefined && sessionCauses !== undefined)
            act({ pair, session, causes: sessionCauses }, value);
        },
      ),
  );
}

function pairStep<Value>(
  name: string,
  values: fc.Arbitrary<Value>,
  act: (model: Model, pair: SimulatedPair, value: Value) => void,
): fc.Arbitrary<Step> {
  return values.map(
    (value) =>
      new Step(
        `${name}(${JSON.stringify(value)})`,
        ({ isDropped }) => !isDropped,
        (model, pair) => act(model, pair, value),
      ),
  );
}

const nothing = fc.constant('');
const bytes = fc.integer({ min: 1, max: 300 });
const welcomes = fc.constantFrom<Welcome>('now', 'now', 'now', 'later', 'refused');
const requests = fc.constantFrom<PortRequest>(
  { kind: 'configure', change: { baudRate: 300 } },
  { kind: 'run-sequence', steps: [{ dtr: false, waitMs: 10 }, { dtr: true }] },
  { kind: 'drain' },
  { kind: 'flush', queue: 'received' },
  { kind: 'flush', queue: 'unsent' },
  { kind: 'flush', queue: 'both' },
);
const events = fc.oneof(
  fc.constantFrom<PortEvent>({ kind: 'break' }, { kind: 'gap' }, { kind: 'line-error', error: 'parity' }),
  bytes.map((length): PortEvent => ({ kind: 'gap', bytes: length })),
);
const aborted = new SercliError('aborted', { what: 'the session' });
const deviceFailed = new SercliError('device-failed', { device: 'ttyS0', reason: 'EIO' });

const frequentSteps = [
  pairStep('open', fc.tuple(welcomes, fc.constantFrom(0, 77, 2 ** 32 - 50)), (model, pair, [welcome, startOffset]) => {
    pair.open(welcome, startOffset);
    model.causes.push(new Set(welcome === 'refused' ? ['refused'] : []));
  }),
  pairStep('pass', fc.nat(30), (_model, pair, ms) => pair.pass(ms)),
  pairStep('pass', fc.nat(2_000), (_model, pair, ms) => pair.pass(ms)),
  sessionStep('write', bytes, ({ session }, count) => session.application.write(count)),
  sessionStep('consume', bytes, ({ session }, count) => session.application.consume(count)),
  sessionStep('make', bytes, ({ session }, count) => session.port?.isAccepted && session.port.make(count)),
  sessionStep('take', bytes, ({ session }, count) => session.port?.isAccepted && session.port.take(count)),
  sessionStep('request', requests, ({ session }, request) => session.application.request(request)),
  sessionStep('finish', nothing, ({ session }) => session.port?.finishNext()),
  sessionStep('happen', events, ({ session }, event) => session.port?.isAccepted && session.port.happen(event)),
  sessionStep('accept', nothing, ({ session }) => acceptLate(session)),
];

const seldomSteps = [
  pairStep('congest', fc.tuple(fc.constantFrom('connector', 'accepter'), fc.boolean()), (_model, pair, [role, is]) =>
    pair.congest(role, is),
  ),
  sessionStep('client closes', nothing, ({ session: { application }, causes: known, pair }) => {
    if (application.endings.length === 0) known.add('client closes');
    application.session.close(undefined, pair.now);
  }),
  sessionStep('client aborts', nothing, ({ session: { application }, causes: known, pair }) => {
    if (application.endings.length > 0) return;
    known.add('client aborts');
    application.session.close(aborted, pair.now);
    expect(application.endings).toEqual([aborted]);
  }),
  sessionStep('port closes', nothing, ({ session: { port }, causes: known }) => {
    if (port?.isAccepted !== true || port.endings.length > 0) return;
    known.add('port closes');
    port.close();
  }),
  sessionStep('port aborts', nothing, ({ session: { port }, causes: known }) => {
    if (port?.isAccepted !== true || port.endings.length > 0) return;
    known.add('port aborts');
    port.close(deviceFailed);
  }),
  pairStep('drop', fc.nat(9), (model, pair, chance) => {
    if (chance > 0) return;
    pair.drop();
    model.isDropped = true;
    for (const known of model.causes) known.add('carrier drops');
  }),
];

function acceptLate({ port }: SimulatedSession): void {
  if (port !== undefined && !port.isAccepted) port.accept();
}

/** Nobody holds more of the peer than it granted. */
function checkWindows(pair: SimulatedPair): void {
  for (const { application, port } of pair.sessions) {
    expect(application.unreadBytes).toBeLessThanOrEqual(limits.receiveWindowBytes);
    if (port === undefined) continue;
    expect(port.receivedOffset - port.taken()).toBeLessThanOrEqual(limits.sendWindowMaxBytes);
    expect(application.session.takenOffset).toBeLessThanOrEqual(port.taken());
    expect(application.events).toEqual(port.sentEvents.slice(0, application.events.length));
  }
}

/** Everybody reads, takes and answers until nothing moves any more. */
function settle(pair: SimulatedPair): void {
  const progress = () =>
    pair.sessions.map(({ application, port }) => [
      application.receivedOffset,
      application.unwrittenBytes,
      application.answers.length,
      application.events.length,
      application.endings.length,
      port?.taken(),
      port?.endings.length,
    ]);
  for (let before = '', quiet = 0; quiet < 3; ) {
    for (const session of pair.sessions) {
      acceptLate(session);
      session.application.consume(Number.POSITIVE_INFINITY);
      if (session.port?.isAccepted !== true) continue;
      session.port.take(Number.POSITIVE_INFINITY);
      session.port.finishNext();
    }
    pair.pass(700);
    const now = JSON.stringify(progress());
    quiet = now === before ? quiet + 1 : 0;
    before = now;
  }
}

/** A session that nothing has ended has carried everything, both ways. */
function checkComplete({ application, port }: SimulatedSession): void {
  expect(application.unwrittenBytes).toBe(0);
  expect(port?.receivedOffset).toBe(application.session.sentOffset);
  expect(application.session.takenOffset).toBe(application.session.sentOffset);
  expect(application.receivedOffset).toBe(port?.madeOffset);
  expect(application.events).toEqual(port?.sentEvents);
  expect(application.answers.map(({ sequence }) => sequence).sort((a, b) => a - b)).toEqual([
    ...application.requests.keys(),
  ]);
}

function checkEnding({ application, port }: SimulatedSession, known: ReadonlySet<Cause>): void {
  expect(application.endings).toHaveLength(1);
  const mayTell = [...known].map((cause) => causes[cause].application);
  expect(mayTell).toContain(application.endings[0]?.code ?? 'on purpose');
  if (port?.isAccepted === true) {
    expect(port.endings).toHaveLength(1);
    const [ending] = port.endings;
    expect([...known].map((cause) => causes[cause].port)).toContain(
      ending instanceof SercliError ? ending.code : ending,
    );
  }
  if (known.size > 1) return;
  if (known.has('client closes') && port?.isAccepted === true)
    expect(port.taken()).toBe(application.session.sentOffset);
  if (known.has('port closes')) expect(application.receivedOffset).toBe(port?.session.sentOffset);
}

const manners: fc.Arbitrary<PipeManner> = fc.record({
  delaysMs: fc.array(fc.oneof(fc.nat(5), fc.nat(400)), { minLength: 1, maxLength: 5 }),
  chunkSizes,
});

function play(pair: SimulatedPair, steps: Iterable<Step>): void {
  const model: Model = { causes: [new Set(), new Set()], isDropped: false };
  pair.open('now');
  pair.open('now', 2 ** 32 - 50);
  pair.pass(1_000);
  fc.modelRun(() => ({ model, real: pair }), steps);
  if (!model.isDropped) {
    pair.congest('connector', false);
    pair.congest('accepter', false);
  }
  settle(pair);
  const { connector, accepter } = pair.connections;
  pair.sessions.forEach((session, index) => {
    if (model.causes[index]?.size !== 0) return;
    checkComplete(session);
    model.causes[index].add('client closes');
    session.application.session.close(undefined, pair.now);
  });
  settle(pair);
  pair.sessions.forEach((session, index) => void checkEnding(session, model.causes[index] ?? new Set()));
  expect([connector.sessionCount, accepter.sessionCount]).toEqual([0, 0]);
  expect([connector.isEnded, accepter.isEnded]).toEqual([model.isDropped, model.isDropped]);
  expect(pair.endings.connector.length + pair.endings.accepter.length).toBe(model.isDropped ? 2 : 0);
}

describe('two connections', () => {
  it('carry sessions whole and in order, and end them once, whatever happens', () => {
    const often = Array.from({ length: 5 }, () => frequentSteps).flat();
    const commands = fc.commands([...often, ...seldomSteps], { maxCommands: 150, size: 'max' });
    fc.assert(
      fc.property(manners, manners, commands, (toAccepter, toConnector, steps) => {
        play(new SimulatedPair({ limits, toAccepter, toConnector }), steps as Iterable<Step>);
      }),
      { numRuns: 300 },
    );
  }, 60_000);
});
