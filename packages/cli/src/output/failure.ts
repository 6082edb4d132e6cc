import { type SercliError, toSercliError } from '@sercli/protocol';
import { colorsFor, printJson, tellLine } from './terminal.ts';

/** Exit code of what was typed and cannot be meant. */
export const usageExit = 2;

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
  tellLine(`${colors.red('sercli:')} ${failure.message}`);
  if (failure.code === 'internal' && failure.cause instanceof Error) tellLine(colors.dim(failure.cause.stack ?? ''));
}
