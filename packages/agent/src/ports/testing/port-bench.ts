import type { LinkEvent } from '@sercli/link';
import type { SercliError } from '@sercli/protocol';
import type { Clock } from '../../devices/clock.ts';
import { silentLogger } from '../../logger.ts';
import { LogMemory } from '../log-memory.ts';
import type { PortDescription } from '../port-description.ts';
import { defaultPortPolicy, type PortPolicy } from '../port-policy.ts';
import { ServedPort } from '../served-port.ts';
import type { SessionLink } from '../session-link.ts';
import type { SessionRequest } from '../session-request.ts';
import { FakeDevice } from './fake-device.ts';

export const anna = { name: 'anna@laptop', address: '10.0.0.2:1234' };
export const bob = { name: 'bob@desk', address: '10.0.0.3:1' };

/** A request of Anna's to control the port, unless `more` says otherwise. */
export function request(more: Partial<SessionRequest> = {}): SessionRequest {
  return { holder: anna, settings: {}, role: 'control', whenBusy: 'refuse', start: { kind: 'now' }, ...more };
}

/** A served port on devices in the hands of the test. */
export class PortBench {
  readonly port: ServedPort;
  /** Each device that was opened, the last one last. */
  readonly devices: FakeDevice[] = [];
  readonly description: PortDescription;
  /** What opening the device throws. */
  failure: SercliError | undefined;
  /** Devices are closed only when the test says so. */
  isSlowToClose = false;
  /** What a device says as soon as it is open. */
  greeting = '';
  /** Looks at the machine's devices. */
  looks = 0;

  constructor(clock: Clock, policy: Partial<PortPolicy> = {}, more: Partial<PortDescription> = {}) {
    this.description = {
      name: 'ttyS0',
      device: '/dev/ttyS0',
      settings: { baudRate: 9600 },
      isFixed: false,
      comesBack: true,
      pushesBack: () => true,
      open: async (settings) => {
        if (this.failure !== undefined) throw this.failure;
        const device = new FakeDevice(settings, this.isSlowToClose);
        device.send(this.greeting);
        this.devices.push(device);
        return device.link;
      },
      ...more,
    };
    this.port = new ServedPort(this.description, {
      host: 'SerialMachine',
      policy: { ...defaultPortPolicy, ...policy },
      logger: silentLogger,
      memory: new LogMemory(1024 ** 3),
      clock,
      changed: () => undefined,
      look: async () => {
        this.looks += 1;
      },
    });
  }

  /** The device that was opened last. */
  get device(): FakeDevice {
    const device = this.devices.at(-1);
    if (device === undefined) throw new Error('no device was opened');
    return device;
  }

  async open(more: Partial<SessionRequest> = {}): Promise<Reader> {
    return new Reader(await this.port.openSession(request(more)));
  }
}

/** A session with what it was told. It reads when the test says so. */
export class Reader {
  readonly link: SessionLink;
  readonly events: LinkEvent[] = [];
  writables = 0;

  constructor(link: SessionLink) {
    this.link = link;
    link.listen({
      readable: () => undefined,
      writable: () => {
        this.writables += 1;
      },
      event: (event) => void this.events.push(event),
    });
  }

  /** Reads up to `maxBytes`, and says how many there were. */
  read(maxBytes = Number.POSITIVE_INFINITY): number {
    return this.#read(maxBytes).length;
  }

  text(): string {
    return this.#read(Number.POSITIVE_INFINITY).toString();
  }

  write(text: string): number {
    return this.link.write(Buffer.from(text));
  }

  /** The events of a kind. */
  told<Kind extends LinkEvent['kind']>(kind: Kind): Extract<LinkEvent, { kind: Kind }>[] {
    return this.events.filter((event): event is Extract<LinkEvent, { kind: Kind }> => event.kind === kind);
  }

  #read(maxBytes: number): Buffer {
    const parts: Buffer[] = [];
    let rest = maxBytes;
    for (let bytes = this.link.peek(rest); bytes.length > 0; bytes = this.link.peek(rest)) {
      parts.push(Buffer.from(bytes));
      rest -= bytes.length;
      this.link.consume(bytes.length);
    }
    return Buffer.concat(parts);
  }
}
