import type { Ser2netTrace } from './ser2net-config.ts';

const kinds = { read: 'received', write: 'written', both: 'both' } as const;
type Kind = keyof typeof kinds;

/** The trace files of a connection. Formats come in any order, the later one wins; one without a kind is for all three. */
export class TraceOptions {
  readonly #files: Partial<Record<Kind, string>> = {};
  readonly #hexdump: Record<Kind, boolean> = { read: false, write: false, both: false };
  readonly #timestamp: Record<Kind, boolean> = { read: false, write: false, both: false };

  /** @returns whether it is an option of traces */
  take(name: string, value: string, isOn: boolean): boolean {
    const file = /^trace-(read|write|both)$/.exec(name)?.[1];
    if (isKind(file)) {
      this.#files[file] = value;
      return true;
    }
    const [, kind, format] = /^(?:trace-)?(?:(read|write|both)-)?(hexdump|timestamp)$/.exec(name) ?? [];
    if (format === undefined) return false;
    const switches = format === 'hexdump' ? this.#hexdump : this.#timestamp;
    for (const one of isKind(kind) ? [kind] : allKinds) switches[one] = isOn;
    return true;
  }

  get traces(): readonly Ser2netTrace[] {
    return allKinds.flatMap((kind) => {
      const file = this.#files[kind];
      if (file === undefined || file === '') return [];
      return [{ file, data: kinds[kind], hexdump: this.#hexdump[kind], timestamps: this.#timestamp[kind] }];
    });
  }
}

const allKinds: readonly Kind[] = ['read', 'write', 'both'];

function isKind(text: string | undefined): text is Kind {
  return text !== undefined && Object.hasOwn(kinds, text);
}
