import { readFileSync } from 'node:fs';

interface Key {
  /** `ports.NAME.match.serial` */
  readonly path: string;
  readonly form: string;
  readonly description: string;
}

interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly (string | number)[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

declare const data: Key[];

export { data };

const schemaFile = new URL('../../../packages/agent/schema/sercli.schema.json', import.meta.url);

/** Every key of sercli.yaml, from the schema that the agent publishes. */
export default {
  load(): Key[] {
    return keysOf('', JSON.parse(readFileSync(schemaFile, 'utf8')));
  },
};

function keysOf(path: string, schema: Schema): Key[] {
  const { properties = {}, patternProperties = {}, items, anyOf = [] } = schema;
  return [
    ...Object.entries(properties).flatMap(([key, value]) => {
      const place = path === '' ? key : `${path}.${key}`;
      return [{ path: place, form: formOf(value), description: value.description ?? '' }, ...keysOf(place, value)];
    }),
    ...Object.values(patternProperties).flatMap((value) => keysOf(`${path}.NAME`, value)),
    ...(items === undefined ? [] : keysOf(`${path}[]`, items)),
    ...anyOf.flatMap((value) => keysOf(path, value)),
  ];
}

function formOf({ anyOf, enum: choices, type, minimum, maximum }: Schema): string {
  if (anyOf !== undefined) return anyOf.map(formOf).join(', or ');
  if (choices !== undefined) return choices.join(', ');
  const words = [type ?? []].flat().filter((name) => name !== 'null');
  return `${words.map((name) => formNames[name] ?? name).join(' or ')}${minimum === undefined ? '' : `, ${minimum} to ${maximum}`}`;
}

const formNames: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'number',
  boolean: 'true, false',
  array: 'list',
  object: 'mapping',
};
