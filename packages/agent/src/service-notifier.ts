import { reasonOf } from '@sercli/protocol';
import { sendUnixDatagram } from '@sercli/tty';
import type { Logger } from './logger.ts';

type Environment = Record<string, string | undefined>;

/**
 * Tells the service manager how a program is doing: sd_notify(3) and sd_watchdog_enabled(3). Does nothing in a program
 * that no service manager started. What cannot be told is logged once: it is no reason to stop serving.
 */
export class ServiceNotifier {
  readonly #socket: string | undefined;
  readonly #watchdogMs: number | undefined;
  readonly #logger: Logger;
  #watchdog: NodeJS.Timeout | undefined;
  #hasFailed = false;

  /** Takes the variables of the service manager out of `environment`: they are not meant for programs started from here. */
  constructor(logger: Logger, environment: Environment = process.env) {
    this.#logger = logger;
    this.#socket = environment.NOTIFY_SOCKET || undefined;
    this.#watchdogMs = watchdogMs(environment);
    for (const name of ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID']) delete environment[name];
  }

  /** Whether a service manager waits to hear of this program. */
  get isService(): boolean {
    return this.#socket !== undefined;
  }

  /** The program is up, or has read its configuration again. From now on the watchdog is told of each half time. */
  ready(status: string): void {
    this.#tell('READY=1', `STATUS=${status.replaceAll('\n', ' ')}`);
    if (this.#watchdogMs === undefined || this.#watchdog !== undefined) return;
    this.#watchdog = setInterval(() => this.#tell('WATCHDOG=1'), this.#watchdogMs / 2).unref();
  }

  /** The configuration is read again; `ready` follows. */
  reloading(): void {
    // CLOCK_MONOTONIC, which hrtime gives, is what Type=notify-reload wants; Type=notify takes it as well.
    this.#tell('RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`);
  }

  /** The program ends. */
  stopping(): void {
    this.#tell('STOPPING=1');
  }

  #tell(...lines: readonly string[]): void {
    if (this.#socket === undefined) return;
    try {
      sendUnixDatagram(this.#socket, Buffer.from(lines.join('\n')));
    } catch (error) {
      if (!this.#hasFailed) this.#logger.warn({}, `cannot tell the service manager: ${reasonOf(error)}`);
      this.#hasFailed = true;
    }
  }
}

/** Undefined where no watchdog waits for this very process. */
function watchdogMs({ WATCHDOG_USEC, WATCHDOG_PID }: Environment): number | undefined {
  const isForUs = WATCHDOG_PID === undefined || WATCHDOG_PID === String(process.pid);
  const ms = Number(WATCHDOG_USEC) / 1000;
  return isForUs && ms > 0 ? ms : undefined;
}
