import type { Reading } from './record-line.ts';

/** A line that could not be read, and was skipped. */
export interface BrokenLine {
  /** Counted from 1. */
  readonly number: number;
  readonly problem: string;
}

/** How the records of one kind stand in their file. */
export interface RecordFormat<Entry> {
  /** What a line means; undefined for an empty line or a comment. Takes any text. */
  parse(line: string): Reading<Entry> | undefined;
  format(entry: Entry): string;
  /** Of two records with the same key, the first one holds. */
  keyOf(entry: Entry): string;
}

interface Line<Entry> {
  /** With its line feed, as it was found. */
  readonly bytes: Buffer;
  readonly entry?: Entry;
  readonly key?: string;
}

const lineFeed = 0x0a;

/** A text file with a record a line. Every edit keeps the bytes of all other lines, of those that cannot be read too. */
export class RecordLines<Entry> {
  /** Those that hold, by their keys, in the order of the file. */
  readonly entries: ReadonlyMap<string, Entry>;
  readonly broken: readonly BrokenLine[];
  readonly #lines: readonly Line<Entry>[];
  readonly #format: RecordFormat<Entry>;

  constructor(content: Buffer, format: RecordFormat<Entry>) {
    const entries = new Map<string, Entry>();
    const firstNumbers = new Map<string, number>();
    const broken: BrokenLine[] = [];
    this.#lines = splitLines(content).map((bytes, index) => {
      const number = index + 1;
      const reading = format.parse(bytes.toString('utf8'));
      if (reading === undefined) return { bytes };
      if ('problem' in reading) {
        broken.push({ number, problem: reading.problem });
        return { bytes };
      }
      const { entry } = reading;
      const key = format.keyOf(entry);
      const firstNumber = firstNumbers.get(key);
      if (firstNumber !== undefined) broken.push({ number, problem: `line ${firstNumber} says it already, and holds` });
      else entries.set(key, entry);
      firstNumbers.set(key, firstNumber ?? number);
      return { bytes, entry, key };
    });
    this.entries = entries;
    this.broken = broken;
    this.#format = format;
  }

  /** The file with this record: in the place of the one with its key, else at the end. */
  with(entry: Entry): Buffer {
    const key = this.#format.keyOf(entry);
    const own = Buffer.from(`${this.#format.format(entry)}\n`);
    const first = this.#lines.findIndex((line) => line.key === key);
    if (first !== -1) {
      return this.#join((line, index) => (index === first ? own : line.key === key ? undefined : line.bytes));
    }
    const before = this.#join((line) => line.bytes);
    const needsLineFeed = before.length > 0 && before.at(-1) !== lineFeed;
    return Buffer.concat([before, Buffer.from(needsLineFeed ? '\n' : ''), own]);
  }

  /** The file without any record of this key, those too that another one held off. */
  without(key: string): Buffer {
    return this.#join((line) => (line.key === key ? undefined : line.bytes));
  }

  #join(bytesOf: (line: Line<Entry>, index: number) => Buffer | undefined): Buffer {
    return Buffer.concat(this.#lines.map(bytesOf).filter((bytes) => bytes !== undefined));
  }
}

function splitLines(content: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let start = 0; start < content.length; ) {
    const end = content.indexOf(lineFeed, start);
    const next = end === -1 ? content.length : end + 1;
    lines.push(content.subarray(start, next));
    start = next;
  }
  return lines;
}
