import { join } from 'node:path';
import {
  type ByteRange,
  CounterSink,
  CounterStream,
  PortApplication,
  remainingRanges,
  type StreamReport,
  UartFarEnd,
} from '@sercli/testkit';
import type { AttachProgram } from './attach-program.ts';

const fromDevice = new CounterStream(1);
const toDevice = new CounterStream(2);

/** Bytes per second of lines at 115200 and 921600 baud, and of a fast USB device. */
export const rates = [11_520, 92_160, 1_000_000] as const;

/** How long bytes may take besides the fault itself, in milliseconds: reconnects wait up to 5 s, and this machine is slow. */
const patienceMs = 20_000;

/** A device with a link to it in `folder`. */
export function makeUart(folder: string, rate: number): UartFarEnd {
  return new UartFarEnd({ link: join(folder, 'device'), rate, sends: fromDevice, receives: toDevice });
}

/** What became of the bytes of both directions. */
export interface TrafficResult {
  readonly toApplication: StreamReport;
  readonly toDevice: StreamReport;
  /** Lost on the way to the application, and not because the device found no room when it was their time. */
  readonly holes: readonly ByteRange[];
  /** Lost because the agent did not read the device in time. */
  readonly overrunBytes: number;
  readonly longestPauseMs: number;
}

/** A device and an application that talk to each other through an attached port. */
export class Traffic {
  readonly #uart: UartFarEnd;
  #application: PortApplication;

  /** Opens the virtual port; both begin to send when the port's attach knows of it. */
  static async start(uart: UartFarEnd, attached: AttachProgram): Promise<Traffic> {
    const traffic = new Traffic(uart, openPort(uart, attached));
    await attached.next('application');
    traffic.#application.startSending();
    uart.startSending();
    return traffic;
  }

  private constructor(uart: UartFarEnd, application: PortApplication) {
    this.#uart = uart;
    this.#application = application;
  }

  get application(): PortApplication {
    return this.#application;
  }

  /** The application's end hung up: it opens the virtual port of another attach and goes on where it was. */
  async moveTo(attached: AttachProgram): Promise<void> {
    const before = this.#application;
    before.close();
    this.#application = openPort(this.#uart, attached, before);
    await attached.next('application');
    this.#application.startSending();
  }

  /** Resolves when so many seconds' worth of bytes has arrived from now on, in both directions. */
  async flows(seconds: number): Promise<void> {
    const bytes = Math.ceil(seconds * this.#uart.rate);
    const timeoutMs = patienceMs + 2000 * seconds;
    await Promise.all([
      this.#application.received.moved(bytes, timeoutMs),
      this.#uart.received.moved(bytes, timeoutMs),
    ]);
  }

  /** Stops sending and waits for what is on its way; what has not come then is lost. */
  async finish(): Promise<TrafficResult> {
    const { received } = this.#application;
    const [sent, written] = [this.#uart.stopSending(), this.#application.stopSending()];
    await Promise.allSettled([received.reached(sent, patienceMs), this.#uart.received.reached(written, patienceMs)]);
    const toApplication = received.report(sent);
    return {
      toApplication,
      toDevice: this.#uart.received.report(written),
      holes: remainingRanges(toApplication.lost, this.#uart.overruns),
      overrunBytes: this.#uart.overrunBytes,
      longestPauseMs: received.longestPauseMs,
    };
  }

  close(): void {
    this.#application.close();
  }
}

/** What an application that listens to the device finds out about its bytes. */
export function newListener(name: string): CounterSink {
  return new CounterSink(name, fromDevice);
}

/** An application that only reads; at `readRate`, or as fast as it can. */
export function openListener(attached: AttachProgram, received: CounterSink, readRate?: number): PortApplication {
  const reading = readRate === undefined ? {} : { readRate };
  return new PortApplication({ path: attached.link, rate: 1, sends: toDevice, received, ...reading });
}

function openPort(uart: UartFarEnd, attached: AttachProgram, before?: PortApplication): PortApplication {
  return new PortApplication({
    path: attached.link,
    rate: uart.rate,
    sends: toDevice,
    position: before?.position ?? 0,
    received: before?.received ?? newListener('the application'),
  });
}

/** Every kind of fault that there is, with its places: `{}` when every byte came once and in order. */
export function faultsOf({
  lost,
  doubled,
  outOfOrder,
  foreign,
}: StreamReport): Partial<Omit<StreamReport, 'receivedBytes'>> {
  const found = { lost, doubled, outOfOrder, foreign };
  return Object.fromEntries(Object.entries(found).filter(([, ranges]) => ranges.length > 0));
}

/** Faults that nothing excuses. */
export function faultsBesidesLoss(report: StreamReport): ReturnType<typeof faultsOf> {
  return faultsOf({ ...report, lost: [] });
}
