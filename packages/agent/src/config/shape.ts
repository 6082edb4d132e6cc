import { closestKey } from './closest-key.ts';
import type { ConfigNode } from './config-node.ts';

/** A JSON Schema, 2020-12. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/**
 * What may stand at a place of the file. One description is read by three: the agent, which takes the value; the user,
 * who is told place and expectation of everything that is wrong; an editor, which has the JSON Schema.
 * (A general schema library knows no lines, stops at the first unknown key and takes a sequence for a mapping.)
 */
export interface Shape<Value> {
  /** Goes on after "must be": `a whole number from 0 to 9`. */
  readonly expected: string;
  readonly schema: JsonSchema;
  /** Undefined if what stands there is faulty; it was reported then. */
  read(node: ConfigNode): Value | undefined;
}

/** A value that was read, and its place for what only shows when all are known. */
export interface Placed<Value> {
  readonly node: ConfigNode;
  readonly value: Value;
}

export interface Named<Value> extends Placed<Value> {
  readonly name: string;
}

type Shapes = Readonly<Record<string, Shape<unknown>>>;
/** What a mapping of these keys has: none of them must stand there. */
export type ValuesOf<Given extends Shapes> = {
  readonly [Key in keyof Given]?: Given[Key] extends Shape<infer Value> ? Value : never;
};

/** Says what is there instead of what is expected. */
export function reportUnexpected(node: ConfigNode, expected: string): undefined {
  const { content } = node;
  switch (content.kind) {
    case 'nothing':
      return void node.report(`must be ${expected}, and is empty`);
    case 'scalar':
      return void node.report(`must be ${expected}, and is ${shown(content)}`);
    case 'mapping':
    case 'sequence':
      return void node.report(`must be ${expected}, and is a ${content.kind}`);
    default:
      return content satisfies never;
  }
}

/** The longest value that is shown whole in an error. */
const longestShown = 60;

function shown({ value, source }: { value: string | number | boolean; source: string }): string {
  if (typeof value !== 'string') return source;
  return JSON.stringify(value.length > longestShown ? `${value.slice(0, longestShown)}…` : value);
}

/** A mapping in which these keys may stand, and no other. */
export function mapping<Given extends Shapes>(shapes: Given): Shape<ValuesOf<Given>> {
  const known = Object.keys(shapes);
  const properties = Object.fromEntries(Object.entries(shapes).map(([key, { schema }]) => [key, schema]));
  const expected = 'a mapping';
  return {
    expected,
    schema: { type: 'object', properties, additionalProperties: false },
    read(node) {
      const entries = entriesOf(node, expected);
      if (entries === undefined) return undefined;
      const values: Record<string, unknown> = {};
      let isFaulty = false;
      for (const { name, key, value } of entries) {
        const shape = Object.hasOwn(shapes, name) ? shapes[name] : undefined;
        if (shape === undefined) reportUnknown(key, name, known);
        const taken = shape?.read(value);
        if (taken === undefined) isFaulty = true;
        else values[name] = taken;
      }
      return isFaulty ? undefined : (values as ValuesOf<Given>);
    },
  };
}

/** A mapping whose keys are names that the user gives. */
export function named<Value>(names: RegExp, nameRule: string, shape: Shape<Value>): Shape<readonly Named<Value>[]> {
  const expected = 'a mapping of names';
  return {
    expected,
    schema: { type: 'object', patternProperties: { [names.source]: shape.schema }, additionalProperties: false },
    read(node) {
      const entries = entriesOf(node, expected);
      return entries?.flatMap(({ name, key, value }) => {
        if (!names.test(name)) key.report(`is no name; write ${nameRule}`);
        const taken = shape.read(value);
        return taken === undefined ? [] : [{ name, node: key, value: taken }];
      });
    },
  };
}

export function list<Value>(shape: Shape<Value>): Shape<readonly Placed<Value>[]> {
  const expected = 'a list';
  return {
    expected,
    schema: { type: 'array', items: shape.schema },
    read(node) {
      const { content } = node;
      if (content.kind !== 'sequence') return reportUnexpected(node, expected);
      return content.items.flatMap((item) => {
        const value = shape.read(item);
        return value === undefined ? [] : [{ node: item, value }];
      });
    },
  };
}

/** A list or a mapping of names that may be left empty: a heading below which everything is commented out. */
export function section<Item>(shape: Shape<readonly Item[]>): Shape<readonly Item[]> {
  return {
    expected: shape.expected,
    schema: { ...shape.schema, type: [shape.schema.type, 'null'] },
    read: (node) => (node.content.kind === 'nothing' ? [] : shape.read(node)),
  };
}

/** Either of two, told apart by what stands there: `many` reads mappings or sequences, `one` all else. */
export function either<One, Many>(one: Shape<One>, kind: 'mapping' | 'sequence', many: Shape<Many>): Shape<One | Many> {
  const expected = `${one.expected}, or ${many.expected}`;
  return {
    expected,
    schema: { anyOf: [one.schema, many.schema] },
    read(node) {
      if (node.content.kind === kind) return many.read(node);
      return node.content.kind === 'scalar' ? one.read(node) : reportUnexpected(node, expected);
    },
  };
}

/** What `shape` reads, or a sequence of such. */
export function oneOrSeveral<Value>(shape: Shape<Value>): Shape<readonly Value[]> {
  const several = list(shape);
  return {
    expected: `${shape.expected}, or a list of such`,
    schema: { anyOf: [shape.schema, several.schema] },
    read(node) {
      if (node.content.kind === 'sequence') return several.read(node)?.map(({ value }) => value);
      const value = shape.read(node);
      return value === undefined ? undefined : [value];
    },
  };
}

/** Makes something else of what was read, or reports why that cannot be and gives undefined. */
export function refined<Raw, Value>(
  shape: Shape<Raw>,
  refine: (raw: Raw, node: ConfigNode) => Value | undefined,
  rules: JsonSchema = {},
): Shape<Value> {
  return {
    expected: shape.expected,
    schema: { ...shape.schema, ...rules },
    read(node) {
      const raw = shape.read(node);
      return raw === undefined ? undefined : refine(raw, node);
    },
  };
}

/** Says in the schema what a key is for. */
export function described<Value>(description: string, shape: Shape<Value>): Shape<Value> {
  return { ...shape, schema: { description, ...shape.schema } };
}

function entriesOf(node: ConfigNode, expected: string) {
  const { content } = node;
  if (content.kind !== 'mapping') return reportUnexpected(node, expected);
  const lines = new Map<string, number>();
  for (const { name, key } of content.entries) {
    const before = lines.get(name);
    if (before !== undefined) key.report(`is given twice; it stands on line ${before} already`);
    lines.set(name, key.line);
  }
  return content.entries;
}

function reportUnknown(key: ConfigNode, name: string, known: readonly string[]): void {
  const meant = closestKey(name, known);
  key.report(`is not a key; ${meant === undefined ? `there are ${known.join(', ')}` : `did you mean ${meant}?`}`);
}
