import { errorTable, type SercliError, toSercliError } from '@sercli/protocol';
import { plainText } from './plain-text.ts';
import { colorsFor, printJson, tellLine } from './terminal.ts';

/** Sets the exit code of a command line that cannot be meant; the parser has told people already. */
export function reportUsage({ exitCode, message }: { exitCode: number; message: string }, isJson: boolean): void {
  if (exitCode === 0) return;
  if (isJson) printJson({ event: 'error', code: 'usage', message });
  process.exitCode = errorTable.usage.exit;
}

/**
 * Tells what failed and sets the exit code of the program: on stderr for people, with `--json` also on stdout as
 * `{"event": "error", "code", "message", "fields"}`. An error without a code is a defect: its stack is shown.
 */
export function reportFailure(error: unknown, isJson: boolean): void {
  const failure = toSercliError(error);
  if (isJson) printJson({ event: 'error', code: failure.code, message: failure.message, fields: failure.fields });
  tellFailure(failure);
  process.exitCode = failure.exit;
}

export function tellFailure(failure: SercliError): void {
  const colors = colorsFor(process.stderr);
  const message = failure.message.split('\n').map(plainText).join('\n');
  tellLine(`${colors.red('sercli:')} ${message}`);
  if (failure.code === 'internal' && failure.cause instanceof Error) tellLine(colors.dim(failure.cause.stack ?? ''));
}
