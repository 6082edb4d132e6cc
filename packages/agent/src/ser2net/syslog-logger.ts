import { sendUnixDatagram } from '@sercli/tty';
import type { Logger } from '../logger.ts';

/** Facility daemon (RFC 5424 section 6.2.1). */
const daemon = 3;
const severities = { error: 3, warn: 4, info: 6, debug: 7 } as const;

/** Tells the log of the system: what a daemon has that has left its terminal (syslog(3)). */
export function syslogLogger(program: string, socket = '/dev/log'): Logger {
  const tell = (severity: number, message: string): void => {
    const text = `<${8 * daemon + severity}>${program}[${process.pid}]: ${message.replaceAll('\n', ' ')}`;
    try {
      sendUnixDatagram(socket, Buffer.from(text));
    } catch {
      // There is nobody else who could be told.
    }
  };
  return {
    debug: (_fields, message) => tell(severities.debug, message),
    info: (_fields, message) => tell(severities.info, message),
    warn: (_fields, message) => tell(severities.warn, message),
    error: (_fields, message) => tell(severities.error, message),
  };
}
