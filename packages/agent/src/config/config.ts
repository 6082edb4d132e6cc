import type { LineSettingsChange, PortAddress } from '@sercli/protocol';
import type { Rs485 } from '@sercli/tty';
import type { AccepterConfig, PlacedAccepter } from '../accepters/accepter-config.ts';
import type { PortSpec } from '../devices/port-spec.ts';
import type { PortPolicy } from '../ports/port-policy.ts';
import type { TraceConfig } from '../ports/trace-config.ts';
import type { DeviceMatch } from './device-match.ts';

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
/** What is told in the log: this and what is more urgent. */
export type LogLevel = (typeof logLevels)[number];

/** What a sercli.yaml says. What it does not say is undefined, so that flags and defaults can fill it in. */
export interface Config {
  /** The path it was read from. */
  readonly file: string;
  /** What the agent is called. */
  readonly name?: string;
  readonly listen?: readonly { readonly host: string; readonly tcpPort: number }[];
  /** Names of the agent's machine that requests may be sent to, besides its own. */
  readonly hostNames?: readonly string[];
  readonly open?: boolean;
  /** Besides `ports`, every free port of the machine is served. */
  readonly all?: boolean;
  readonly log?: LogLevel;
  /** What the logs of all ports together may keep, in bytes. */
  readonly logMemory?: number;
  /** For every port that does not say otherwise itself, and for those that are found. */
  readonly policy: Partial<PortPolicy>;
  /** Line sequences at every port, by name. */
  readonly sequences?: Readonly<Record<string, string>>;
  readonly ports: readonly PortConfig[];
  /** Accepters that are for several ports. */
  readonly rotators: readonly PlacedAccepter[];
  readonly attachments: readonly AttachmentConfig[];
}

/** A port and how it is served. */
export interface PortConfig {
  readonly spec: PortSpec | MatchedSpec;
  /** What clients set is refused and reported. */
  readonly isFixed: boolean;
  readonly description?: string;
  /** Line sequences at this port, by name. */
  readonly sequences?: Readonly<Record<string, string>>;
  readonly policy: Partial<PortPolicy>;
  /** DTR and RTS fall when the device is closed (HUPCL, termios(3)). */
  readonly hangsUpOnClose?: boolean;
  /** The driver hands on at once what it receives; on USB, yes if it is not given. */
  readonly lowLatency?: boolean;
  readonly rs485?: Rs485;
  /** What the outputs are set to when the device is opened; what is not named stays as the driver has it. */
  readonly outputs: { readonly dtr?: boolean; readonly rts?: boolean };
  /** The TCP ports on which programs without sercli reach it. */
  readonly accepters: readonly AccepterConfig[];
  /** Files that are kept of what passes. */
  readonly traces?: readonly TraceConfig[];
  /** Whether a lock file is made in /var/lock while the device is open; yes if it is not given. */
  readonly takesLockFile?: boolean;
}

/** A port whose device is the one that matches, wherever it is plugged in. */
export interface MatchedSpec {
  readonly kind: 'matched';
  readonly name: string;
  readonly match: DeviceMatch;
  readonly settings: LineSettingsChange;
}

/** A port of an agent to be made local, in the words of the client's `AttachmentOptions`. */
export interface AttachmentConfig {
  readonly address: PortAddress;
  /** An absolute path. */
  readonly link?: string;
  readonly settings: LineSettingsChange;
  readonly isFixed: boolean;
  readonly isOnDemand: boolean;
  readonly mode?: number;
  readonly owner?: string;
  readonly group?: string;
}

/** A port that is described by nothing but what stands after `--port`. */
export function portConfigOf(spec: PortSpec): PortConfig {
  return { spec, isFixed: false, policy: {}, outputs: {}, accepters: [] };
}
