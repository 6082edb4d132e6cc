import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter, type Node } from 'yaml';
import type { ConfigProblem } from './config-problems.ts';

/** What stands at a place of the file. */
export type ConfigContent =
  | { readonly kind: 'mapping'; readonly entries: readonly ConfigEntry[] }
  | { readonly kind: 'sequence'; readonly items: readonly ConfigNode[] }
  /** `source` is the text as it was written, without quotes. */
  | { readonly kind: 'scalar'; readonly value: string | number | boolean; readonly source: string }
  | { readonly kind: 'nothing' };

export interface ConfigEntry {
  readonly name: string;
  /** The place of the key itself. */
  readonly key: ConfigNode;
  readonly value: ConfigNode;
}

/** The file that nodes belong to. */
export interface ConfigSource {
  readonly document: Document;
  readonly lines: LineCounter;
  readonly problems: ConfigProblem[];
}

/** A place in a configuration file: what stands there, and a way to say what is wrong with it. */
export class ConfigNode {
  /** `ports.plc.settings`; empty for the whole file. */
  readonly path: string;
  readonly #source: ConfigSource;
  readonly #node: Node | null;
  readonly #offset: number;

  constructor(source: ConfigSource, node: Node | null, path = '', offset = 0) {
    this.path = path;
    this.#source = source;
    this.#node = node;
    this.#offset = node?.range?.[0] ?? offset;
  }

  get line(): number {
    return this.#source.lines.linePos(this.#offset).line;
  }

  get content(): ConfigContent {
    const { document } = this.#source;
    const node = isAlias(this.#node) ? this.#node.resolve(document) : this.#node;
    if (isMap(node)) return { kind: 'mapping', entries: node.items.map((pair) => this.#entry(pair)) };
    if (isSeq(node)) {
      return { kind: 'sequence', items: node.items.map((item, index) => this.#child(item, `${this.path}[${index}]`)) };
    }
    const value = isScalar(node) ? node.value : null;
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
      return { kind: 'nothing' };
    return { kind: 'scalar', value, source: isScalar(node) ? (node.source ?? String(value)) : String(value) };
  }

  /** The value at the end of a path of keys, or the last on the way that stands here. */
  at(...keys: readonly string[]): ConfigNode {
    const [first, ...others] = keys;
    const { content } = this;
    const entries = content.kind === 'mapping' ? content.entries : [];
    const entry = entries.find(({ name }) => name === first);
    return entry === undefined ? this : entry.value.at(...others);
  }

  /** @param problem - goes on where the path ends: `is not a key; did you mean settings?` */
  report(problem: string): void {
    const { line, col } = this.#source.lines.linePos(this.#offset);
    this.#source.problems.push({ line, column: col, key: this.path || 'the file', problem });
  }

  #entry({ key, value }: { key: unknown; value: unknown }): ConfigEntry {
    const name = isScalar(key) ? (key.source ?? String(key.value)) : String(key);
    const path = this.path === '' ? name : `${this.path}.${name}`;
    const keyNode = this.#child(key, path);
    return { name, key: keyNode, value: this.#child(value, path, keyNode.#offset) };
  }

  /** @param offset - for what stands nowhere, as the value of a lone key */
  #child(value: unknown, path: string, offset: number = this.#offset): ConfigNode {
    const node = isScalar(value) || isMap(value) || isSeq(value) || isAlias(value) ? value : null;
    return new ConfigNode(this.#source, node, path, offset);
  }
}
