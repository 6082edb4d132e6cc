import { reasonOf, SercliError } from '@sercli/protocol';
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Pair, parseAllDocuments, Scalar } from 'yaml';
import { type Aliases, substitute } from './alias-text.ts';
import type { NamedFiles, Notes, PlacedText, SaidOption, Statement } from './statement.ts';
import { connectionKeys, pluralKeys, topLevelTexts } from './yaml-keys.ts';

/** How deep files include others; beyond it they go round in circles. */
const deepestInclude = 8;

/** More lines begin so than any configuration has levels: the parser takes memory in the square of their number. */
const deepLine = /^(?:[ \t]*[-?][ \t]){64}|[[{]{256}/m;

export interface YamlReading {
  readonly file: string;
  readonly files: NamedFiles;
  readonly notes: Notes;
}

/**
 * Reads ser2net.yaml: version 1, in which keys are repeated and anchors are names, and version 2, in which the names are
 * keys; which of them it is, each document shows by its keys.
 *
 * @throws SercliError `bad-config` where the text is no YAML
 */
export function readYamlFormat(text: string, reading: YamlReading): Statement[] {
  return new YamlReader(reading, new Map()).read(text);
}

/** What stands below a key, by place. */
interface Entry {
  readonly key: string;
  readonly value: unknown;
  readonly place: PlacedText;
}

class YamlReader {
  readonly #reading: YamlReading;
  readonly #aliases: Aliases;
  readonly #depth: number;
  readonly #lines = new LineCounter();
  #marker: '*' | '=' = '*';

  constructor(reading: YamlReading, aliases: Aliases, depth = 0) {
    this.#reading = reading;
    this.#aliases = aliases;
    this.#depth = depth;
  }

  read(text: string): Statement[] {
    const deep = deepLine.exec(text);
    if (deep !== null) throw this.#bad(text.slice(0, deep.index).split('\n').length, 'is nested too deeply');
    return this.#documents(text).flatMap((contents) => {
      const entries = this.#entries(contents);
      this.#marker = entries.some(({ key }) => pluralKeys.has(key)) ? '=' : '*';
      return entries.flatMap((entry) => this.#topLevel(entry));
    });
  }

  #documents(text: string): readonly unknown[] {
    const options = { uniqueKeys: false, schema: 'failsafe', prettyErrors: false, logLevel: 'silent' } as const;
    let documents: ReturnType<typeof parseAllDocuments>;
    try {
      documents = parseAllDocuments(text, { ...options, lineCounter: this.#lines });
    } catch (error) {
      throw this.#bad(1, `is not YAML: ${reasonOf(error)}`);
    }
    if (!Array.isArray(documents)) return [];
    for (const { errors } of documents) {
      // libyaml takes tabs in lines that go on, and so do files that it has read.
      const [first] = errors.filter(({ code }) => code !== 'TAB_AS_INDENT');
      if (first !== undefined) throw this.#bad(this.#lineOf(first.pos[0]), `is not YAML: ${first.message}`);
    }
    return documents.map(({ contents }) => contents);
  }

  #topLevel({ key, value, place }: Entry): Statement[] {
    const name = isMap(value) ? value.anchor : undefined;
    // Options name LEDs, and rotators connections, as they do texts.
    if (name !== undefined) this.#aliases.set(name, name);
    switch (key) {
      case 'define':
        this.#define(isScalar(value) ? value.anchor : undefined, this.#text(value), place);
        return [];
      case 'defines':
        for (const { name, value: text, place: at } of this.#namedTexts(value)) this.#define(name, text, at);
        return [];
      case 'connection':
        return [this.#connection(value, anchorOf(value), place)];
      case 'connections':
        return this.#namedMaps(value).map((named) => this.#connection(named.value, named.key, named.place));
      case 'rotator':
        return [this.#rotator(value, anchorOf(value), place)];
      case 'rotators':
        return this.#namedMaps(value).map((named) => this.#rotator(named.value, named.key, named.place));
      case 'default':
      case 'delete_default':
        return this.#defaults([value], key === 'default', place);
      case 'defaults':
      case 'delete_defaults':
        return this.#defaults(isSeq(value) ? value.items : [value], key === 'defaults', place);
      case 'include':
        return this.#include(value, place);
      default:
        this.#reading.notes.add(place, key, topLevelTexts[key] ?? 'is not carried over: ser2net has no such key');
        return [];
    }
  }

  #define(name: string | undefined, text: string | undefined, place: PlacedText): void {
    if (name === undefined) {
      this.#reading.notes.add(place, 'define', 'is not carried over: it has no name; write define: &name text');
    } else this.#aliases.set(name, text ?? '');
  }

  #connection(value: unknown, given: string | undefined, place: PlacedText): Statement {
    const entries = this.#entries(value);
    const options = entries.flatMap((entry) => (entry.key === 'options' ? this.#entries(entry.value) : []));
    const find = (key: string): PlacedText | undefined => {
      // Some files have them among the options.
      const entry = entries.findLast((said) => said.key === key) ?? options.findLast((said) => said.key === key);
      return entry === undefined ? undefined : this.#placed(entry);
    };
    const misplaced = entries.filter(({ key }) => !connectionKeys.has(key));
    const accepter = find('accepter');
    return {
      kind: 'connection',
      name: given ?? find('name')?.text ?? accepter?.text ?? 'connection',
      place,
      accepter,
      connector: find('connector'),
      timeout: find('timeout'),
      enable: find('enable'),
      options: [...misplaced, ...options.filter(({ key }) => !connectionKeys.has(key))].map((said) =>
        this.#option(said),
      ),
    };
  }

  #rotator(value: unknown, given: string | undefined, place: PlacedText): Statement {
    const entries = this.#entries(value);
    const find = (key: string): Entry | undefined => entries.findLast((said) => said.key === key);
    const accepter = find('accepter');
    const connections = find('connections')?.value;
    const options = entries.flatMap((entry) => (entry.key === 'options' ? this.#entries(entry.value) : []));
    return {
      kind: 'rotator',
      name: given ?? (accepter === undefined ? undefined : this.#text(accepter.value)) ?? 'rotator',
      place,
      accepter: accepter === undefined ? undefined : this.#placed(accepter),
      connections: this.#items(connections).map((item) => ({
        text: isAlias(item) ? item.source : (this.#text(item) ?? ''),
        line: this.#lineOfNode(item) ?? place.line,
        file: place.file,
      })),
      options: options.map((said) => this.#option(said)),
    };
  }

  #defaults(values: readonly unknown[], isSet: boolean, place: PlacedText): Statement[] {
    const kind = isSet ? 'default' : 'delete-default';
    return values.flatMap((item): Statement[] => {
      const entries = this.#entries(item);
      const find = (key: string): string | undefined => {
        const entry = entries.findLast((said) => said.key === key);
        return entry === undefined ? undefined : this.#text(entry.value);
      };
      const name = find('name');
      if (name !== undefined) return [{ kind, name, value: find('value'), className: find('class'), place }];
      return entries.map((entry): Statement => {
        const inner = this.#entries(entry.value);
        const text = (key: string): string | undefined => this.#text(inner.findLast((said) => said.key === key)?.value);
        const value = isMap(entry.value) ? text('value') : this.#text(entry.value);
        return { kind, name: entry.key, value, className: text('class'), place: entry.place };
      });
    });
  }

  #include(value: unknown, place: PlacedText): Statement[] {
    const { files, notes } = this.#reading;
    const patterns = isSeq(value) ? value.items : [value];
    return patterns.flatMap((pattern) => {
      const glob = this.#text(pattern) ?? '';
      const found = this.#depth < deepestInclude ? files.find(glob) : [];
      if (found.length === 0) notes.add(place, `include ${glob}`, 'is not carried over: there is no such file');
      return found.flatMap((file) => this.#includeFile(file, place));
    });
  }

  #includeFile(file: string, place: PlacedText): Statement[] {
    let text: string;
    try {
      text = this.#reading.files.read(file);
    } catch (error) {
      this.#reading.notes.add(place, `include ${file}`, `is not carried over: ${reasonOf(error)}`);
      return [];
    }
    return new YamlReader({ ...this.#reading, file }, this.#aliases, this.#depth + 1).read(text);
  }

  #option(entry: Entry): SaidOption {
    return { name: entry.key, value: this.#text(entry.value), place: entry.place };
  }

  /** `name: text` pairs, or mappings with name and value. */
  #namedTexts(value: unknown): { name: string; value: string | undefined; place: PlacedText }[] {
    if (!isSeq(value)) {
      return this.#entries(value).map((entry) => ({
        name: entry.key,
        value: this.#text(entry.value),
        place: entry.place,
      }));
    }
    return value.items.flatMap((item) => {
      const entries = this.#entries(item);
      const text = (key: string): string | undefined => this.#text(entries.find((said) => said.key === key)?.value);
      const [first] = entries;
      const name = text('name');
      if (first === undefined) return [];
      if (name === undefined) return [{ name: first.key, value: this.#text(first.value), place: first.place }];
      return [{ name, value: text('value'), place: first.place }];
    });
  }

  /** Mappings by name, or a list of mappings that say their names themselves. */
  #namedMaps(value: unknown): { key: string | undefined; value: unknown; place: PlacedText }[] {
    if (!isSeq(value)) return this.#entries(value);
    return value.items.map((item) => {
      const entries = this.#entries(item);
      const key = this.#text(entries.find((said) => said.key === 'name')?.value);
      return { key, value: item, place: { text: '', line: this.#lineOfNode(item) ?? 1, file: this.#reading.file } };
    });
  }

  #items(value: unknown): readonly unknown[] {
    if (isSeq(value)) return value.items;
    const text = this.#text(value);
    return text === undefined
      ? []
      : text
          .split(/[\s,;]+/)
          .filter((word) => word !== '')
          .map((word) => new Scalar(word));
  }

  #entries(value: unknown): Entry[] {
    if (!isMap(value)) return [];
    return value.items.map((pair: Pair<unknown, unknown>) => {
      const key = this.#text(pair.key) ?? '';
      const line = this.#lineOfNode(pair.key) ?? 1;
      return { key, value: pair.value, place: { text: key, line, file: this.#reading.file } };
    });
  }

  #placed({ value, place }: Entry): PlacedText {
    return { ...place, text: this.#text(value) ?? '', line: place.line };
  }

  /** The text of a scalar or an alias, with what it names put in. */
  #text(node: unknown): string | undefined {
    const text = isAlias(node) ? this.#aliasText(node.source) : isScalar(node) ? textOfScalar(node.value) : undefined;
    if (text === undefined) return undefined;
    const line = this.#lineOfNode(node) ?? 1;
    const place = { text, line, file: this.#reading.file };
    const { files, notes } = this.#reading;
    return substitute(text, this.#marker, {
      aliases: this.#aliases,
      files,
      report: (what, problem) => notes.add(place, what, problem),
      tooLong: () => this.#bad(line, 'becomes longer than any text of ser2net by what it names'),
    });
  }

  /** `*name`; where a name stands in brackets, the parser has taken what is meant as part of a text for an alias. */
  #aliasText(source: string): string {
    return /^[({]/.test(source) ? `${this.#marker}${source}` : `${this.#marker}(${source})`;
  }

  #lineOfNode(node: unknown): number | undefined {
    const offset = isScalar(node) || isAlias(node) || isMap(node) || isSeq(node) ? node.range?.[0] : undefined;
    return offset === undefined ? undefined : this.#lineOf(offset);
  }

  #lineOf(offset: number): number {
    return Math.max(1, this.#lines.linePos(offset).line);
  }

  #bad(line: number, problem: string): SercliError<'bad-config'> {
    return new SercliError('bad-config', { file: this.#reading.file, place: `line ${line}`, key: 'the file', problem });
  }
}

function anchorOf(value: unknown): string | undefined {
  return isMap(value) || isScalar(value) ? value.anchor : undefined;
}

function textOfScalar(value: unknown): string {
  return value === null || value === undefined ? '' : String(value);
}
