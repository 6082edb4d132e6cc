import fc from 'fast-check';
import { SercliError } from '../errors.ts';
import { defaultLineSettings } from '../line-settings.ts';
import { noModemLines } from '../modem-lines.ts';
import type { PortEvent } from '../native/messages/event.ts';
import type { PortRequest } from '../native/messages/request.ts';
import { type Cause, checkProgress, type Model } from './session-model.ts';
import { roles } from './simulated-connection.ts';
import type { SimulatedPair, SimulatedSession, Welcome } from './simulated-pair.ts';

/** Small windows, so that every few bytes meet one. */
export const windows = { receive: 100, send: 200 };

/** One thing that happens to a pair. */
export class Step implements fc.Command<Model, SimulatedPair> {
  readonly #name: string;
  readonly #act: (model: Model, pair: SimulatedPair) => void;

  constructor(name: string, act: (model: Model, pair: SimulatedPair) => void) {
    this.#name = name;
    this.#act = act;
  }

  check(): boolean {
    return true;
  }

  run(model: Model, pair: SimulatedPair): void {
    this.#act(model, pair);
    checkProgress(pair, windows);
  }

  toString(): string {
    return this.#name;
  }
}

export type StepArbitrary = fc.Arbitrary<Step>;

interface Turn {
  readonly pair: SimulatedPair;
  readonly session: SimulatedSession;
  readonly causes: Set<Cause>;
}

function pairStep<Value>(
  name: string,
  values: fc.Arbitrary<Value>,
  act: (model: Model, pair: SimulatedPair, value: Value) => void,
): StepArbitrary {
  return values.map((value) => new Step(`${name}(${JSON.stringify(value)})`, (model, pair) => act(model, pair, value)));
}

/** A step of one of the sessions there are. */
function sessionStep<Value>(
  name: string,
  values: fc.Arbitrary<Value>,
  act: (turn: Turn, value: Value) => void,
): StepArbitrary {
  return pairStep(name, fc.tuple(fc.nat(5), values), (model, pair, [chosen, value]) => {
    const index = chosen % pair.sessions.length;
    const session = pair.sessions[index];
    const causes = model.causes[index];
    if (session !== undefined && causes !== undefined) act({ pair, session, causes }, value);
  });
}

/** What the client's program does, unless it was killed. */
function clientStep<Value>(name: string, values: fc.Arbitrary<Value>, act: (turn: Turn, value: Value) => void) {
  return sessionStep(name, values, (turn, value) => {
    if (!turn.session.application.isGone) act(turn, value);
  });
}

/** What happens at a port that a client has, unless its agent was killed. */
function portStep<Value>(
  name: string,
  values: fc.Arbitrary<Value>,
  act: (turn: Turn & { port: NonNullable<SimulatedSession['port']> }, value: Value) => void,
) {
  return sessionStep(name, values, (turn, value) => {
    const { port } = turn.session;
    if (port?.isAccepted === true && !port.isGone && port.endings.length === 0) act({ ...turn, port }, value);
  });
}

const nothing = fc.constant('');
const bytes = fc.integer({ min: 1, max: 150 });
const ms = fc.oneof(fc.nat(5), fc.nat(40), fc.nat(1_500));
const kept = fc.oneof(fc.constant(0), fc.nat(60), fc.nat(1_000));
const keptBytes = fc.record({ connector: kept, accepter: kept });
const role = fc.constantFrom(...roles);
const aborted = new SercliError('aborted', { what: 'the session' });
const deviceFailed = new SercliError('device-failed', { device: 'ttyS0', reason: 'EIO' });
const expired = new SercliError('session-ended', { port: 'ttyS0', reason: 'the client did not come back' });

const requests: fc.Arbitrary<PortRequest> = fc.oneof(
  fc.integer({ min: 1, max: 999 }).map((baudRate): PortRequest => ({ kind: 'configure', change: { baudRate } })),
  fc.constantFrom<PortRequest>(
    { kind: 'run-sequence', steps: [{ break: true, waitMs: 10 }, { break: false }] },
    { kind: 'drain' },
    { kind: 'flush', queue: 'received' },
    { kind: 'flush', queue: 'unsent' },
    { kind: 'flush', queue: 'both' },
  ),
);
const settings = fc.integer({ min: 1, max: 999 }).map((baudRate) => ({ ...defaultLineSettings, baudRate }));
const events: fc.Arbitrary<PortEvent> = fc.oneof(
  fc.constantFrom<PortEvent>({ kind: 'break' }, { kind: 'gap' }, { kind: 'line-error', error: 'parity' }),
  bytes.map((length): PortEvent => ({ kind: 'gap', bytes: length })),
  fc.boolean().map((cts): PortEvent => ({ kind: 'inputs', inputs: { cts, dsr: false, dcd: false, ri: false } })),
  settings.map((present): PortEvent => ({ kind: 'settings', settings: present })),
  fc.nat(999).map((sent): PortEvent => ({ kind: 'drained', sent })),
  fc.boolean().map((isHeld): PortEvent => ({ kind: 'hold', isHeld })),
  fc.nat(999).map((count): PortEvent => ({ kind: 'in-doubt', bytes: count })),
  fc.nat(9).map((taken): PortEvent => ({ kind: 'control', isYours: taken > 4, taken })),
  fc.nat(9).map((count): PortEvent => ({ kind: 'lost', reason: `${count}` })),
  settings.map((present): PortEvent => ({ kind: 'back', settings: present, lines: noModemLines })),
);
const welcomes = fc.constantFrom<Welcome>('now', 'now', 'now', 'later', 'refused');

/** What happens on any day. */
export const traffic: readonly StepArbitrary[] = [
  pairStep('pass', ms, (_model, pair, time) => pair.pass(time)),
  pairStep('pass', fc.nat(40), (_model, pair, time) => pair.pass(time)),
  clientStep('write', bytes, ({ session }, count) => session.application.write(count)),
  clientStep('consume', bytes, ({ session }, count) => session.application.consume(count)),
  clientStep('request', requests, ({ session }, request) => session.application.request(request)),
  portStep('make', bytes, ({ port }, count) => port.make(count)),
  portStep('take', bytes, ({ port }, count) => port.take(count)),
  portStep('finish', nothing, ({ port }) => port.finishNext()),
  portStep('happen', events, ({ port }, event) => port.happen(event)),
];

export const opening: readonly StepArbitrary[] = [
  pairStep('open', fc.tuple(welcomes, fc.constantFrom(0, 77, 2 ** 32 - 50)), (model, pair, [welcome, startOffset]) => {
    if (!pair.isConnected) return;
    pair.open(welcome, startOffset);
    model.causes.push(new Set(welcome === 'refused' ? ['refused'] : []));
  }),
  sessionStep('accept', nothing, ({ session: { port } }) => {
    if (port?.isGone === false && !port.isAccepted) port.accept();
  }),
  pairStep('congest', fc.tuple(role, fc.boolean()), (_model, pair, [who, is]) => {
    if (!pair.connection.isOver(who)) pair.congest(who, is);
  }),
];

/** The way breaks, and is mended. */
export const cuts: readonly StepArbitrary[] = [
  pairStep('cut', keptBytes, (model, pair, keeping) => {
    model.wasCut = true;
    pair.cut(keeping);
  }),
  pairStep('break, and one end notices', fc.tuple(keptBytes, role), (model, pair, [keeping, who]) => {
    model.wasCut = true;
    pair.connection.break(keeping);
    pair.connection.lose(who);
  }),
  pairStep('notice', role, (_model, { connection }, who) => {
    if (connection.isBroken) connection.lose(who);
  }),
  pairStep('acknowledge, and cut', keptBytes, (model, pair, keeping) => {
    model.wasCut = true;
    for (const { application, port } of pair.sessions) {
      if (!application.isGone) application.consume(Number.POSITIVE_INFINITY);
      if (port?.isAccepted === true && !port.isGone) port.take(Number.POSITIVE_INFINITY);
      if (port?.isGone === false) port.finishNext();
    }
    pair.connection.break(keeping);
  }),
  pairStep('reconnect', nothing, (_model, pair) => pair.reconnect()),
  pairStep('reconnect, and greet', nothing, (_model, pair) => {
    pair.reconnect();
    pair.pass(5);
  }),
];

export const endings: readonly StepArbitrary[] = [
  clientStep('client closes', nothing, ({ session: { application }, causes, pair }) => {
    if (application.endings.length === 0) causes.add('client closes');
    application.session.close(undefined, pair.now);
  }),
  clientStep('client aborts', nothing, ({ session: { application }, causes, pair }) => {
    if (application.endings.length > 0) return;
    causes.add('client aborts');
    application.session.close(aborted, pair.now);
  }),
  portStep('port closes', nothing, ({ port, causes }) => {
    causes.add('port closes');
    port.close();
  }),
  portStep('port aborts', nothing, ({ port, causes }) => {
    causes.add('port aborts');
    port.close(deviceFailed);
  }),
  sessionStep('expire', nothing, ({ session: { port }, causes }) => {
    if (port?.isCut !== true) return;
    causes.add('expired');
    port.session.expire(expired);
  }),
];

export const deaths: readonly StepArbitrary[] = [
  pairStep('kill the agent', fc.boolean(), (model, pair, isNoticed) => {
    model.wasCut = true;
    pair.restartAgent();
    for (const causes of model.causes) causes.add('agent killed');
    if (isNoticed) pair.connection.lose('connector');
  }),
  pairStep('kill the client', nothing, (model, pair) => {
    model.wasCut = true;
    pair.restartClient();
    for (const causes of model.causes) causes.add('client killed');
  }),
];
