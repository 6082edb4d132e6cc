import type { LineSettings } from '@sercli/protocol';
import { expandFileName, gensioAddress } from '../ser2net/banner-text.ts';
import type { LogReader, PortLog } from './port-log.ts';
import type { TraceConfig } from './trace-config.ts';
import { TraceFile } from './trace-file.ts';
import { hexdump, traceTime } from './trace-format.ts';

/** What is known of the port when a file is named. */
export interface TracedPort {
  readonly name: string;
  readonly device: string;
  readonly settings: LineSettings;
}

export interface PortTracesOptions {
  readonly log: PortLog;
  readonly warn: (text: string) => void;
  /** The time, in the machine's time zone; that of the machine if it is not given. */
  readonly now?: () => Date;
}

interface OpenTrace {
  readonly config: TraceConfig;
  readonly file: TraceFile;
}

/** The trace files of a port: open from its first session to its last, as ser2net has them. */
export class PortTraces implements LogReader {
  readonly #configs: readonly TraceConfig[];
  readonly #options: Required<PortTracesOptions>;
  #open: readonly OpenTrace[] = [];
  #closing: Promise<unknown> = Promise.resolve();
  #offset = 0;

  constructor(configs: readonly TraceConfig[], options: PortTracesOptions) {
    this.#configs = configs;
    this.#options = { now: () => new Date(), ...options };
  }

  /** Nothing where there are no files to keep. */
  static of(configs: readonly TraceConfig[] = [], options: PortTracesOptions): PortTraces | undefined {
    return configs.length === 0 ? undefined : new PortTraces(configs, options);
  }

  /** How far it has read, as a reader of the log. */
  get offset(): number {
    return this.#offset;
  }

  /** @param address of the client, `192.168.1.7:51000` */
  sessionOpened(address: string, port: TracedPort): void {
    const remote = gensioAddress(address);
    if (this.#open.length === 0) this.#begin(remote, port);
    this.#tell(`OPEN (${remote})\n`);
  }

  /** @param reason why it ended */
  sessionClosed(reason: string, isLast: boolean): void {
    this.#tell(`CLOSE netcon (${reason})\n`);
    if (!isLast || this.#open.length === 0) return;
    this.#tell('CLOSE port (All users disconnected)\n');
    this.#options.log.remove(this);
    this.#closing = Promise.all([this.#closing, ...this.#open.map(({ file }) => file.close())]);
    this.#open = [];
  }

  /** Bytes that the device was given. */
  written(bytes: Uint8Array): void {
    this.#write('written', bytes);
  }

  bytesCame(from: number): void {
    this.#offset = Math.max(this.#offset, from);
    for (;;) {
      const bytes = this.#options.log.view(this.#offset, Number.MAX_SAFE_INTEGER);
      if (bytes.length === 0) return;
      this.#offset += bytes.length;
      this.#write('received', bytes);
    }
  }

  eventCame(): void {
    // Breaks and gaps have no place in the format.
  }

  overtaken(): void {
    // Reads all bytes as they come, so that none is forgotten before.
  }

  /** Resolves when all is written. */
  async close(): Promise<void> {
    if (this.#open.length > 0) this.sessionClosed('the port is not served any more', true);
    await this.#closing;
  }

  #begin(remoteAddress: string, { name, device, settings }: TracedPort): void {
    const { log, warn, now } = this.#options;
    const facts = { name, device, settings, accepter: name, remoteAddress, now: now() };
    this.#open = this.#configs.map((config) => ({
      config,
      file: new TraceFile(expandFileName(config.file, facts), warn),
    }));
    this.#offset = log.endOffset;
    log.add(this);
  }

  #tell(text: string): void {
    for (const { config, file } of this.#open) {
      if (config.timestamps) file.write(`${traceTime(this.#options.now())}${text}`);
    }
  }

  #write(data: 'received' | 'written', bytes: Uint8Array): void {
    for (const { config, file } of this.#open) {
      if (config.data !== 'both' && config.data !== data) continue;
      if (!config.hexdump) file.write(bytes);
      else {
        const time = config.timestamps ? traceTime(this.#options.now()) : '';
        file.write(hexdump(bytes, data === 'received' ? 'term' : 'tcp', time));
      }
    }
  }
}
