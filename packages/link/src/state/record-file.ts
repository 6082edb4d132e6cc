import { isDeepStrictEqual } from 'node:util';
import { SercliError } from '@sercli/protocol';
import type { PrivateFiles } from './private-files.ts';
import { type BrokenLine, type RecordFormat, RecordLines } from './record-lines.ts';

/** Is told of each line that was skipped, whenever the file has been read with other content than before. */
export type BrokenLineReport = (path: string, line: BrokenLine) => void;

/**
 * A file of records that people edit by hand and programs by command. Every question is answered from what the file
 * holds at that time; it is read again only when it has changed.
 */
export class RecordFile<Entry> {
  readonly path: string;
  readonly #files: PrivateFiles;
  readonly #name: string;
  readonly #format: RecordFormat<Entry>;
  readonly #report: BrokenLineReport;
  #content: Buffer = Buffer.alloc(0);
  #lines: RecordLines<Entry>;
  #version: string | undefined;

  constructor(files: PrivateFiles, name: string, format: RecordFormat<Entry>, report: BrokenLineReport) {
    this.path = files.path(name);
    this.#files = files;
    this.#name = name;
    this.#format = format;
    this.#report = report;
    this.#lines = new RecordLines(this.#content, format);
  }

  /**
   * The records that hold, by their keys, in the order of the file.
   *
   * @throws SercliError `state-untrusted`, `state-unusable`
   */
  get entries(): ReadonlyMap<string, Entry> {
    return this.#now().entries;
  }

  /**
   * The lines that cannot be read, in the order of the file.
   *
   * @throws SercliError `state-untrusted`, `state-unusable`
   */
  get broken(): readonly BrokenLine[] {
    return this.#now().broken;
  }

  /** What the file holds now. */
  #now(): RecordLines<Entry> {
    const version = this.#files.version(this.#name);
    if (version !== undefined && version === this.#version) return this.#lines;
    // Taken before the reading: what changes in between is seen the next time.
    this.#version = undefined;
    const content = this.#files.read(this.#name, 'public') ?? Buffer.alloc(0);
    if (!content.equals(this.#content)) this.#take(content);
    this.#version = version;
    return this.#lines;
  }

  /**
   * Adds a record unless there is one with its key. Returns the one that holds then, the old or the new.
   *
   * @throws SercliError `usage` when the record cannot be written; `state-untrusted`, `state-unusable`
   */
  async add(entry: Entry): Promise<Entry> {
    let holds = entry;
    await this.#edit((lines) => {
      holds = lines.entries.get(this.#format.keyOf(entry)) ?? entry;
      return holds === entry ? this.#with(lines, entry) : undefined;
    });
    return holds;
  }

  /**
   * Puts a record in the place of the one with its key, or adds it.
   *
   * @throws SercliError `usage` when the record cannot be written; `state-untrusted`, `state-unusable`
   */
  async put(entry: Entry): Promise<void> {
    await this.#edit((lines) => this.#with(lines, entry));
  }

  /**
   * Removes the record with this key, and says whether there was one.
   *
   * @throws SercliError `state-untrusted`, `state-unusable`
   */
  async remove(key: string): Promise<boolean> {
    let wasThere = false;
    await this.#edit((lines) => {
      wasThere = lines.entries.has(key);
      return wasThere ? lines.without(key) : undefined;
    });
    return wasThere;
  }

  #edit(change: (lines: RecordLines<Entry>) => Buffer | undefined): Promise<void> {
    return this.#files.edit(this.#name, 'public', (content) =>
      change(new RecordLines(content ?? Buffer.alloc(0), this.#format)),
    );
  }

  /** Some values come from the network: what would not be read back as the same record must not get into the file. */
  #with(lines: RecordLines<Entry>, entry: Entry): Buffer {
    const reading = this.#format.parse(this.#format.format(entry));
    if (reading !== undefined && 'entry' in reading && isDeepStrictEqual(reading.entry, entry))
      return lines.with(entry);
    const problem = reading !== undefined && 'problem' in reading ? reading.problem : 'it would read as something else';
    throw new SercliError('usage', {
      what: `${JSON.stringify(entry)} cannot be written into ${this.path}: ${problem}`,
      remedy: 'leave out spaces, # and characters that cannot be printed',
    });
  }

  #take(content: Buffer): void {
    this.#content = content;
    this.#lines = new RecordLines(content, this.#format);
    for (const line of this.#lines.broken) this.#report(this.path, line);
  }
}
