import { SercliError } from '../errors.ts';
import { isAboutPresent, isSinceWire2, type PortEvent } from '../native/messages/event.ts';
import type { SimulatedApplication } from './simulated-application.ts';
import type { SimulatedPair, SimulatedSession } from './simulated-pair.ts';
import type { SimulatedPort } from './simulated-port.ts';

/** What ends a session for good. */
export type Cause =
  | 'refused'
  | 'client closes'
  | 'client aborts'
  | 'port closes'
  | 'port aborts'
  | 'expired'
  | 'agent killed'
  | 'client killed';

/** What is expected of the simulated pair. */
export interface Model {
  /** For each session what has happened that ends it. */
  readonly causes: Set<Cause>[];
  /** The wire version that both speak. */
  readonly wire: number;
  wasCut: boolean;
}

/** Which causes explain what the client is told at the end. */
const applicationEndings: Readonly<Record<string, readonly Cause[]>> = {
  'on purpose': ['client closes'],
  aborted: ['client aborts'],
  'session-ended': ['port closes'],
  'device-failed': ['port aborts'],
  'port-busy': ['refused'],
  'session-unknown': ['expired', 'agent killed'],
};

/** The same for the agent's end. One that is closed while it goes on is told the error that cut it. */
const portEndings: Readonly<Record<string, readonly Cause[]>> = {
  closed: ['client closes', 'port closes', 'port aborts'],
  aborted: ['client aborts'],
  'session-ended': ['expired'],
  'connection-lost': ['client closes'],
  'peer-silent': ['client closes'],
};

const lossCodes = ['connection-lost', 'peer-silent'];

/** @throws Error where it is not so */
function must(isSo: boolean, what: string, details?: unknown): void {
  if (!isSo) throw new Error(`${what}: ${JSON.stringify(details)}`);
}

/** A connection that is lost ends only sessions that nobody can go on with. */
function mayBeLost(application: SimulatedApplication, causes: ReadonlySet<Cause>, { wire, wasCut }: Model): boolean {
  return wasCut && (wire < 2 || application.openedWith === undefined || causes.has('client closes'));
}

/** The session is over though nobody ended it, and may be. */
export function isLost({ application }: SimulatedSession, causes: ReadonlySet<Cause>, model: Model): boolean {
  const code = application.endings[0]?.code;
  return code !== undefined && lossCodes.includes(code) && mayBeLost(application, causes, model);
}

/** Nobody holds more of the peer than it granted, or knows what has not happened. */
export function checkProgress({ sessions }: SimulatedPair, windows: { receive: number; send: number }): void {
  for (const { application, port } of sessions) {
    must(application.unreadBytes <= windows.receive, 'the client holds too much', application.unreadBytes);
    if (port === undefined) continue;
    must(port.receivedOffset - port.taken() <= windows.send, 'the port holds too much', port.receivedOffset);
    must(application.session.takenOffset <= port.taken(), 'the client believes too much', port.taken());
  }
}

/** A session that nothing has ended has carried everything, both ways. */
export function checkComplete({ application, port }: SimulatedSession, { wire }: Model): void {
  if (port === undefined) throw new Error('the session never came to the port');
  const written = application.session.sentOffset;
  must(application.endings.length === 0, 'the client was told an end', application.endings);
  must(port.endings.length === 0, 'the port was told an end', port.endings);
  must(application.unwrittenBytes === 0, 'bytes were not written', application.unwrittenBytes);
  must(port.receivedOffset === written, 'bytes did not come to the port', [port.receivedOffset, written]);
  must(application.session.takenOffset === written, 'the client does not know', application.session.takenOffset);
  must(application.receivedOffset === port.madeOffset, 'bytes did not come to the client', application.receivedOffset);
  must(port.requests.length === application.requests.size, 'requests did not come', port.requests);
  must(application.answers.length === application.requests.size, 'answers did not come', application.answers);
  if (wire >= 2) must(sameSettings(application, port), 'the client knows other settings', application.settings);
  const [sent, heard] = [sentEvents(port, wire), application.events];
  if (port.cuts === 0) must(sent.length === heard.length, 'events did not come', [sent, heard]);
  must(sent.filter(isPlaced).length === heard.filter(isPlaced).length, 'events did not come', [sent, heard]);
  for (const kind of ['inputs', 'settings', 'drained', 'hold'] as const) {
    const last = [sent, heard].map((events) => events.findLast(({ event }) => event.kind === kind));
    must(textOf(last[0]) === textOf(last[1]), 'the client does not know the present', last);
  }
}

/** What came, came as it was said, once and in its place, whatever came in between and however it ended. */
export function checkOrder({ application, port }: SimulatedSession, { wire }: Model): void {
  if (port?.isAccepted !== true) return;
  const asked = [...application.requests.values()].slice(0, port.requests.length);
  must(JSON.stringify(asked) === JSON.stringify(port.requests), 'other requests came', [asked, port.requests]);
  const sent = sentEvents(port, wire).map(textOf);
  let at = 0;
  for (const heard of application.events) {
    const found = sent.indexOf(textOf(heard), at);
    must(found >= 0, 'an event came that is not one of those sent behind the last', [heard, sent]);
    must(!sent.slice(at, found).some((text) => !isAboutPresentText(text)), 'an event was left out', [heard, sent]);
    at = found + 1;
  }
  for (const { sequence, settings } of application.answers) {
    const request = application.requests.get(sequence)?.request;
    const wanted = request?.kind === 'configure' ? request.change.baudRate : undefined;
    must(settings?.baudRate === wanted, 'it is the answer to another request', [request, settings]);
  }
}

/** Each end was told once how the session ended, and why it really did. */
export function checkEnding(session: SimulatedSession, causes: ReadonlySet<Cause>, model: Model): void {
  const { application, port } = session;
  if (!application.isGone) {
    must(application.endings.length === 1, 'the client was not told one end', application.endings);
    const code = application.endings[0]?.code ?? 'on purpose';
    const isExplained = (applicationEndings[code] ?? []).some((cause) => causes.has(cause));
    must(isExplained || isLost(session, causes, model), `the client was told ${code}`, [...causes]);
  }
  if (port?.isAccepted !== true || port.isGone) return;
  must(port.endings.length === 1, 'the port was not told one end', port.endings);
  const code = port.endings[0] instanceof SercliError ? port.endings[0].code : 'closed';
  const isExplained = (portEndings[code] ?? []).some((cause) => causes.has(cause));
  must(isExplained || (lossCodes.includes(code) && model.wasCut && model.wire < 2), `the port was told ${code}`, [
    ...causes,
  ]);
  const isAlone = causes.size === 1 && !isLost(session, causes, model);
  if (isAlone && causes.has('client closes') && code === 'closed') {
    must(port.taken() === application.session.sentOffset, 'it was closed before the device had everything');
  }
  if (isAlone && causes.has('port closes') && application.endings[0]?.code === 'session-ended') {
    must(application.receivedOffset === port.session.sentOffset, 'it was closed before the client had everything');
  }
}

function sameSettings(application: SimulatedApplication, port: SimulatedPort): boolean {
  return application.settings?.baudRate === port.settings.baudRate;
}

interface PlacedEvent {
  readonly offset: number;
  readonly event: PortEvent;
}

function sentEvents(port: SimulatedPort, wire: number): readonly PlacedEvent[] {
  return wire < 2 ? port.sentEvents.filter(({ event }) => !isSinceWire2(event)) : port.sentEvents;
}

function isPlaced({ event }: PlacedEvent): boolean {
  return !isAboutPresent(event);
}

function isAboutPresentText(text: string): boolean {
  return isAboutPresent((JSON.parse(text) as PlacedEvent).event);
}

/** The same for the same event, however its fields are ordered. */
function textOf(placed: PlacedEvent | undefined): string {
  if (placed === undefined) return '';
  const entries = Object.entries(placed.event).sort(([one], [other]) => one.localeCompare(other));
  return JSON.stringify({ offset: placed.offset, event: Object.fromEntries(entries) });
}
