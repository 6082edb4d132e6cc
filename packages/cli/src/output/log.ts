import type { Logger, LogLevel } from '@sercli/agent';
import { colorsFor } from './terminal.ts';

/** A log on stderr: a line for people, or with `--json` an object a line. `SERCLI_LOG` sets the level: debug, info, warn, error. */
export async function makeLogger(isJson: boolean, configured: LogLevel = 'info'): Promise<Logger> {
  const { pino, destination } = await import('pino');
  const level = process.env.SERCLI_LOG || configured;
  if (isJson) {
    const json: Logger = pino({ level }, destination({ fd: 2, sync: true }));
    return json;
  }
  const { default: pretty } = await import('pino-pretty');
  const stream = pretty({
    destination: 2,
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
