import { SercliError } from '@sercli/protocol';

/** Something wrong at a place of the file; lines and columns count from 1. */
export interface ConfigProblem {
  readonly line: number;
  readonly column: number;
  /** `ports.plc.settings`, or `the file`. */
  readonly key: string;
  /** What is wrong and how to make it right; goes on where `key` ends. */
  readonly problem: string;
}

/** One message does not grow beyond this many problems. */
const mostTold = 20;

/**
 * The problems of a file as one error, that of the first problem, whose message lists the others as further lines.
 * Where there are others, `cause` is an AggregateError with a `bad-config` for each of them, the first included.
 */
export function configError(file: string, problems: readonly ConfigProblem[]): SercliError<'bad-config'> {
  const inOrder = [...problems].sort((one, other) => one.line - other.line || one.column - other.column);
  const errors = inOrder.map(({ line, column, key, problem }) => {
    return new SercliError('bad-config', { file, place: `line ${line}, column ${column}`, key, problem });
  });
  const [first, ...others] = errors;
  if (first === undefined) throw new RangeError('a file without problems is no error');
  if (others.length === 0) return first;
  const lines = others.slice(0, mostTold - 1).map((error) => error.message);
  if (others.length > lines.length) lines.push(`${file} has ${others.length - lines.length} more problems`);
  const problem = [first.fields.problem, ...lines].join('\n');
  const cause = new AggregateError(errors, `${errors.length} problems in ${file}`);
  return new SercliError('bad-config', { ...first.fields, problem }, { cause });
}
