import type { StartPlace } from '@sercli/link';
import type { LineSettings, LineSettingsChange, SercliError, SessionRole, SessionStart } from '@sercli/protocol';
import type { VirtualPortOptions } from '@sercli/virtual-port';
import type { OpenOptions, SessionEvent } from './open-options.ts';
import type { RelayEvent } from './relay.ts';

export interface AttachmentOptions {
  /** Path of the link to make to the virtual port. */
  readonly link?: string | undefined;
  readonly mode?: number | undefined;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
  /** What the line is set to at the beginning. */
  readonly settings?: LineSettingsChange | undefined;
  /** `monitor` reads and never writes: what the application writes is counted. `control` unless said otherwise. */
  readonly role?: SessionRole | undefined;
  /** Takes control from who has it. */
  readonly takes?: boolean | undefined;
  /** Where reading begins; with what comes from now on unless said otherwise. */
  readonly start?: SessionStart | undefined;
  /** What the application sets does not reach the device. */
  readonly isFixed?: boolean | undefined;
  /** The far port is open only while an application has the virtual port open. */
  readonly isOnDemand?: boolean | undefined;
  /** The attachment ends when the application closes the virtual port, or when the far port is lost. */
  readonly isOnce?: boolean | undefined;
  /**
   * An agent, port or device that is not there yet, or is busy, is waited for, and an agent that has not let this client in
   * is asked again; else it is an error.
   */
  readonly isPatient?: boolean | undefined;
  /**
   * An agent that does not know this client is asked to let it in, and waited for. If not, it is asked all the same, for the
   * next time, and that is an error. True unless said otherwise.
   */
  readonly waits?: boolean | undefined;
  /** Milliseconds that a cut connection may last until the port is given up and opened anew; 10 min unless said otherwise. */
  readonly graceMs?: number | undefined;
  /** Gives up starting. */
  readonly signal?: AbortSignal | undefined;
  told?(event: AttachmentEvent): void;
}

export type AttachmentEvent =
  | Exclude<RelayEvent, { kind: 'link-state' }>
  | SessionEvent
  /** The far port is open, and reading begins there. */
  | { readonly kind: 'up'; readonly settings: LineSettings; readonly start: StartPlace }
  /** The connection is cut or the device is gone: the application sees a pause. */
  | { readonly kind: 'paused'; readonly reason: string }
  /** It goes on where it was. */
  | { readonly kind: 'resumed'; readonly pausedMs: number }
  /** The far port was closed, because no application wants it. */
  | { readonly kind: 'idle' }
  /**
   * The far port is gone; it is tried again after `retryMs`. Of the bytes sent last, up to `inDoubtBytes` may or may
   * not have reached the device; they are not sent again.
   */
  | { readonly kind: 'lost'; readonly error: SercliError; readonly inDoubtBytes: number; readonly retryMs: number }
  /** An application opened or closed the virtual port. */
  | { readonly kind: 'application'; readonly isOpen: boolean };

/** What of it concerns opening the far port. */
export function openOptions({ graceMs, waits = true, told }: AttachmentOptions, signal?: AbortSignal): OpenOptions {
  return { signal, graceMs, ifUnknown: waits ? 'wait' : 'ask', told: (event) => told?.(event) };
}

/** What of it concerns the virtual port, which begins with `settings`. */
export function virtualPortOptions(options: AttachmentOptions, settings: LineSettings): VirtualPortOptions {
  const { link, mode, owner, group } = options;
  return {
    settings,
    ...(link === undefined ? {} : { link }),
    ...(mode === undefined ? {} : { mode }),
    ...(owner === undefined ? {} : { owner }),
    ...(group === undefined ? {} : { group }),
  };
}
