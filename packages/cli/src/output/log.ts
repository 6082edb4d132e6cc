import { Writable } from 'node:stream';
import type { Logger, LogLevel } from '@sercli/agent';
import type { StatusLine } from './status-line.ts';
import { colorsFor } from './terminal.ts';

/**
 * A log on stderr: a line for people, or with `--json` an object a line. `SERCLI_LOG` sets the level: debug, info, warn, error.
 *
 * @param status the status line on stderr, if there is one; the lines for people go above it
 */
export async function makeLogger(
  isJson: boolean,
  configured: LogLevel = 'info',
  status?: StatusLine | undefined,
): Promise<Logger> {
  const { pino, destination } = await import('pino');
  const level = process.env.SERCLI_LOG || configured;
  if (isJson) {
    const json: Logger = pino({ level }, destination({ fd: 2, sync: true }));
    return json;
  }
  const { default: pretty } = await import('pino-pretty');
  const stream = pretty({
    destination: status === undefined ? 2 : above(status),
    sync: true,
    colorize: colorsFor(process.stderr).isColorSupported,
    ignore: 'pid,hostname',
    // The message says it all; the fields are for programs.
    hideObject: true,
    translateTime: 'SYS:HH:MM:ss',
  });
  const lines: Logger = pino({ level }, stream);
  return lines;
}

function above(status: StatusLine): Writable {
  return new Writable({
    decodeStrings: false,
    write(text, _encoding, written) {
      status.writeAbove(String(text).trimEnd());
      written();
    },
  });
}
