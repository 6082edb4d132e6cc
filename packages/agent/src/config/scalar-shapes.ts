import { SercliError } from '@sercli/protocol';
import type { ConfigNode } from './config-node.ts';
import { reportUnexpected, type Shape } from './shape.ts';

/** Text that has the form of `pattern`, if one is given. */
export function text(expected: string, pattern?: RegExp): Shape<string> {
  return {
    expected,
    schema: { type: 'string', ...(pattern === undefined ? { minLength: 1 } : { pattern: pattern.source }) },
    read(node) {
      const { content } = node;
      const fits = content.kind === 'scalar' && (pattern ?? /./s).test(content.source);
      if (!fits) return reportUnexpected(node, expected);
      if (typeof content.value === 'string') return content.value;
      // YAML reads 0403 as the number 403.
      return void node.report(`must be ${expected}; write it in quotes: '${content.source}'`);
    },
  };
}

/** Text in a form that `parse` reads; what it throws is reported. */
export function parsedText<Value>(
  expected: string,
  parse: (text: string) => Value,
  options: { readonly allowsNumber?: boolean; readonly examples: readonly (string | number)[] },
): Shape<Value> {
  const { allowsNumber = false, examples } = options;
  return {
    expected,
    schema: { type: allowsNumber ? ['string', 'integer'] : 'string', examples },
    read(node) {
      const { content } = node;
      const isText = content.kind === 'scalar' && (typeof content.value === 'string' || allowsNumber);
      return isText ? parseAt(node, content.source, parse) : reportUnexpected(node, expected);
    },
  };
}

function parseAt<Value>(node: ConfigNode, source: string, parse: (text: string) => Value): Value | undefined {
  try {
    return parse(source);
  } catch (error) {
    if (!(error instanceof SercliError)) throw error;
    return void node.report(`cannot be read: ${error.message}`);
  }
}

export function flag(): Shape<boolean> {
  const expected = 'true or false';
  return {
    expected,
    schema: { type: 'boolean' },
    read(node) {
      const { content } = node;
      const isFlag = content.kind === 'scalar' && typeof content.value === 'boolean';
      return isFlag ? content.value === true : reportUnexpected(node, expected);
    },
  };
}

export function wholeNumber(from: number, to: number, unit: string): Shape<number> {
  const expected = `a whole number of ${unit} from ${from} to ${to}`;
  return {
    expected,
    schema: { type: 'integer', minimum: from, maximum: to },
    read(node) {
      const { content } = node;
      const number = content.kind === 'scalar' ? content.value : undefined;
      const isWithin = typeof number === 'number' && Number.isInteger(number) && number >= from && number <= to;
      return isWithin ? number : reportUnexpected(node, expected);
    },
  };
}

export function oneOf<const Choice extends string | number>(choices: readonly Choice[]): Shape<Choice> {
  const expected = `one of ${choices.join(', ')}`;
  return {
    expected,
    schema: { enum: choices },
    read(node) {
      const { content } = node;
      const found = choices.find((choice) => content.kind === 'scalar' && content.value === choice);
      return found ?? reportUnexpected(node, expected);
    },
  };
}
