import type { AccessEvent, Attachment, AttachmentEvent } from '@sercli/client/tools';
import { formatLineSettings, formatPortAddress, type PortAddress } from '@sercli/protocol';
import { accessToJson, formatAccess } from './access-report.ts';
import { AdmissionReport, waitingText } from './admission-report.ts';
import { formatBytes } from './byte-count.ts';
import { controllerText } from './controller-text.ts';
import { differenceText } from './settings-difference.ts';
import { StatusLine } from './status-line.ts';
import { colorsFor, printJson, printLine } from './terminal.ts';

/** Bytes that go missing are told together, so long after the first, in milliseconds. */
const tellMissingMs = 1_000;

/** What `attach` shows: a line on stdout for each port that is ready, changes and the present state on stderr. */
export class AttachmentReport {
  readonly #isJson: boolean;
  readonly #colors = colorsFor(process.stderr);
  readonly #attachments: Attachment[] = [];
  readonly #status: StatusLine;
  /** Ports that are lost, by address, and why, so that each reason is told once and not at every try. */
  readonly #lost = new Map<string, string>();
  /** Ports that were attached once, by address. */
  readonly #attached = new Set<string>();
  /** Bytes that went missing and were not told yet, by address: gaps of a slow application come thick and fast. */
  readonly #missing = new Map<string, number>();
  #tellMissing: NodeJS.Timeout | undefined;
  readonly #admissions = new AdmissionReport();
  /** What was told last of settings that were asked for and are not in force, by address: some programs ask all the time. */
  readonly #differences = new Map<string, string>();
  /** Ports in whose agent's stead somebody else answers, by address; it is told once. */
  readonly #impostors = new Set<string>();

  constructor(isJson: boolean) {
    this.#isJson = isJson;
    this.#status = new StatusLine(process.stderr, (columns) =>
      this.#admissions.isWaiting ? waitingText : statusOfAll(this.#attachments, columns),
    );
  }

  /** What happens while keys are judged. */
  access(event: AccessEvent): void {
    if (this.#isJson) printJson(accessToJson(event));
    else for (const line of formatAccess(event)) this.#status.writeAbove(line);
  }

  ready(attachment: Attachment): void {
    this.#attachments.push(attachment);
    const { address, port, settings, link } = attachment;
    const name = formatPortAddress(address);
    this.#attached.add(name);
    if (this.#isJson) {
      printJson({ event: 'ready', address: name, link: port.link, pts: port.path, settings, ...link?.start });
      return;
    }
    this.#status.clear();
    const start = link === undefined ? '' : `, from byte ${link.start.offset} of ${link.start.epoch}`;
    printLine(`${name} is at ${port.link ?? port.path} (${formatLineSettings(settings)}${start})`);
    this.#status.renew();
  }

  event(address: PortAddress, event: AttachmentEvent): void {
    if (this.#isJson) printJson({ event: event.kind, address: formatPortAddress(address), ...detailsOf(event) });
    else this.#tell(address, event);
    this.#status.renew();
  }

  close(): void {
    clearTimeout(this.#tellMissing);
    this.#status.close();
  }

  #tell(address: PortAddress, event: AttachmentEvent): void {
    const name = formatPortAddress(address);
    if (event.kind === 'link-event' && event.event.kind === 'gap' && event.event.bytes !== undefined) {
      return this.#gather(name, event.event.bytes);
    }
    if (event.kind === 'waiting-for-authorization' || event.kind === 'authorized')
      return this.#tellAdmission(name, event);
    const wasAttached = this.#attached.has(name);
    const wasLost = wasAttached && this.#lost.has(name);
    const attachment = this.#attachments.find((candidate) => candidate.address === address);
    const isWatching = attachment?.link?.hasControl === false;
    const isFirstRefusal = event.kind === 'refused' && attachment?.refusedBytes === event.bytes;
    const circumstances = { wasAttached, wasLost, isWatching, isFirstRefusal };
    const text = this.#isRepeated(name, event) ? undefined : textOf(event, circumstances);
    this.#note(name, event);
    if (text === undefined) return;
    const line = `${name}: ${text}`;
    if (event.kind === 'key-changed') this.#status.writeAbove(this.#colors.red(line));
    else this.#status.writeAbove(event.kind === 'lost' ? this.#colors.yellow(line) : line);
  }

  #tellAdmission(
    name: string,
    event: Extract<AttachmentEvent, { kind: 'waiting-for-authorization' | 'authorized' }>,
  ): void {
    const isTold = event.kind === 'waiting-for-authorization';
    const lines = isTold
      ? this.#admissions.waiting(name, event.agentName, event.fingerprint)
      : this.#admissions.authorized(name);
    // On a terminal the status line says it.
    if (isTold && lines.length > 0 && !process.stderr.isTTY) lines.push(waitingText);
    for (const line of lines) this.#status.writeAbove(line);
  }

  /** What of an event decides how those after it are told. */
  #note(name: string, event: AttachmentEvent): void {
    if (event.kind === 'key-changed') this.#impostors.add(name);
    if (event.kind === 'up' || event.kind === 'resumed') this.#impostors.delete(name);
    if (event.kind === 'up') this.#lost.delete(name);
    if (event.kind === 'settings-differ') this.#differences.set(name, differenceText(event));
    if (event.kind === 'settings') this.#differences.delete(name);
    if (event.kind === 'lost') this.#lost.set(name, event.error.code);
    if (event.kind === 'lost' || event.kind === 'idle') this.#admissions.givenUp(name);
  }

  #gather(name: string, bytes: number): void {
    this.#missing.set(name, (this.#missing.get(name) ?? 0) + bytes);
    this.#tellMissing ??= setTimeout(() => {
      this.#tellMissing = undefined;
      for (const [port, missing] of this.#missing) {
        this.#status.writeAbove(
          this.#colors.yellow(
            `${port}: ${missing} bytes from the device are missing: they waited here to be read, or for the way to be whole again, until the agent's log was full (logBytes)`,
          ),
        );
      }
      this.#missing.clear();
    }, tellMissingMs);
  }

  #isRepeated(name: string, event: AttachmentEvent): boolean {
    if (event.kind === 'key-changed') return this.#impostors.has(name);
    if (event.kind === 'settings-differ') return this.#differences.get(name) === differenceText(event);
    return event.kind === 'lost' && this.#lost.get(name) === event.error.code;
  }
}

function detailsOf(event: AttachmentEvent): object {
  switch (event.kind) {
    case 'lost':
      return {
        code: event.error.code,
        message: event.error.message,
        inDoubtBytes: event.inDoubtBytes,
        retryMs: Math.round(event.retryMs),
      };
    case 'key-changed':
      return { code: event.error.code, message: event.error.message, fields: event.error.fields };
    case 'up':
      return { settings: event.settings, ...event.start };
    case 'resumed':
      return { pausedMs: Math.round(event.pausedMs) };
    case 'link-event':
      return { detail: event.event };
    default: {
      const { kind: _kind, ...details } = event;
      return details;
    }
  }
}

/** What a text depends on besides its event. */
type Circumstance = 'wasAttached' | 'wasLost' | 'isWatching' | 'isFirstRefusal';

/** What people are told besides the status line; nothing where it shows enough. */
function textOf(
  event: Exclude<AttachmentEvent, { kind: 'waiting-for-authorization' | 'authorized' }>,
  { wasAttached, wasLost, isWatching, isFirstRefusal }: Readonly<Record<Circumstance, boolean>>,
): string | undefined {
  switch (event.kind) {
    case 'up': {
      const settings = formatLineSettings(event.settings);
      const { offset, epoch } = event.start;
      return wasLost ? `attached again (${settings}, from byte ${offset} of ${epoch})` : undefined;
    }
    case 'paused':
      return `paused: ${event.reason}`;
    case 'resumed':
      return `goes on after ${(event.pausedMs / 1000).toFixed(1)} s`;
    case 'key-changed':
      return `somebody else answers, and is asked for nothing: ${event.error.message}`;
    case 'refused':
      return isFirstRefusal ? 'what the application writes goes nowhere: this session only watches' : undefined;
    case 'idle':
    case 'application':
      return undefined;
    case 'settings':
      return `the line is now ${formatLineSettings(event.settings)}`;
    case 'settings-differ':
      return differenceText(event);
    case 'settings-ignored': {
      const why = isWatching ? 'this session only watches' : 'the settings are fixed';
      return `the application asked for ${formatLineSettings(event.wanted)}; ${why}`;
    }
    case 'settings-failed':
      return `cannot set ${formatLineSettings(event.wanted)}: ${event.reason}`;
    case 'flush-failed':
      return `a flush failed: ${event.reason}`;
    case 'lost':
      if (wasAttached && event.error.code === 'not-authorized') return 'lost: this client is not let in any more';
      if (!wasAttached) return `waiting: ${event.error.message}`;
      return `lost, trying again: ${event.error.message}${inDoubtText(event.inDoubtBytes)}`;
    case 'link-event':
      return linkEventText(event.event);
    default:
      return event satisfies never;
  }
}

function inDoubtText(bytes: number): string {
  return bytes === 0 ? '' : `; the last ${formatBytes(bytes)} written may or may not have reached the device`;
}

function linkEventText(event: Extract<AttachmentEvent, { kind: 'link-event' }>['event']): string | undefined {
  switch (event.kind) {
    case 'gap':
      return 'an unknown number of bytes from the device are missing here';
    case 'break':
      return 'break received';
    case 'line-error':
      return `${event.error} error`;
    case 'in-doubt':
      return `the last ${formatBytes(event.bytes)} written may or may not have left the device`;
    case 'control':
      return controlText(event);
    case 'hold':
      return event.isHeld ? 'the device is held back until the program that controls it reads' : undefined;
    case 'lines':
      return undefined;
    default:
      return event satisfies never;
  }
}

type ControlEvent = Extract<Extract<AttachmentEvent, { kind: 'link-event' }>['event'], { kind: 'control' }>;

function controlText({ hasControl, controller, unsentBytes }: ControlEvent): string {
  if (hasControl) {
    return controller === undefined
      ? 'this session alone controls the port now'
      : `${controllerText(controller)} writes to the port too now`;
  }
  const who = controller === undefined ? 'nobody' : controllerText(controller);
  const unsent = unsentBytes === 0 ? '' : `; ${formatBytes(unsentBytes)} written last did not reach the device`;
  return `${who} controls the port now, and this session only watches${unsent}`;
}

/** Each port, or where that does not fit, how many there are in which state. */
function statusOfAll(attachments: readonly Attachment[], columns: number): string {
  const all = attachments.map(statusOf).join('   ');
  if (all.length < columns) return all;
  const counts = new Map<string, number>();
  for (const { state } of attachments) counts.set(state, (counts.get(state) ?? 0) + 1);
  const states = [...counts].map(([state, count]) => `${count} ${state}`).join(', ');
  return `${attachments.length} ports: ${states}, ${attachments.filter(({ port }) => port.isOpen).length} in use`;
}

function statusOf(attachment: Attachment): string {
  const { address, state, settings, port, movedBytes, unreadBytes, refusedBytes, link } = attachment;
  const stateText = {
    idle: 'waits for an application',
    opening: 'connecting',
    up: formatLineSettings(settings),
    paused: 'paused',
    waiting: 'lost, trying again',
    ended: 'ended',
  }[state];
  const bytes = `in ${formatBytes(movedBytes.toApplication)}, out ${formatBytes(movedBytes.toDevice)}`;
  const unread = unreadBytes === 0 ? '' : `, ${formatBytes(unreadBytes)} unread`;
  const role = link?.hasControl === false ? ', only watching' : '';
  const refused = refusedBytes === 0 ? '' : `, ${formatBytes(refusedBytes)} not sent`;
  return `${address.port}: ${stateText}${role}, ${bytes}${unread}${refused}, ${port.isOpen ? 'open' : 'not open'}`;
}
