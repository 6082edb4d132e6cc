import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { errorFromTold, type SercliError, type ToldError } from '@sercli/protocol';

/**
 * What every answer says to browsers: nothing of it is a page, stands in one, is kept, or is guessed to be something else.
 * There are no CORS headers, so pages of other origins cannot read any of it (Fetch, section 3.3).
 */
export const securityHeaders: ReadonlyMap<string, string> = new Map([
  ['Cache-Control', 'no-store'],
  ['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'"],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  ['Referrer-Policy', 'no-referrer'],
  ['X-Content-Type-Options', 'nosniff'],
]);

const jsonType = 'application/json; charset=utf-8';

/** An answer that is no. Its body is `{"error": {"code", "message", "fields"}}`. */
export interface HttpRefusal {
  readonly status: number;
  readonly error: Omit<ToldError, 'fields'> & Partial<ToldError>;
}

export function refuseRequest(request: IncomingMessage, response: ServerResponse, refusal: HttpRefusal): void {
  request.resume();
  response.writeHead(refusal.status, { 'Content-Type': jsonType, Connection: 'close' });
  response.end(bodyOf(refusal));
}

/** Answers on a socket that is not HTTP's any more, and closes it without waiting for the client to do so. */
export function refuseSocket(socket: Socket, refusal: HttpRefusal): void {
  const body = bodyOf(refusal);
  const head = [
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`,
    ...[...securityHeaders].map(([name, value]) => `${name}: ${value}`),
    `Content-Type: ${jsonType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  if (socket.writable) socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  socket.destroySoon();
}

function bodyOf({ error }: HttpRefusal): string {
  return `${JSON.stringify({ error })}\n`;
}

/** Characters of a refusal that are read; errors are short. */
const maxRefusalLength = 65_536;

/** The error with which an agent refuses a request; undefined if what it says is none that this release knows. */
export async function readRefusal(response: IncomingMessage): Promise<SercliError | undefined> {
  let body = '';
  try {
    for await (const text of response.setEncoding('utf8')) {
      body += String(text);
      if (body.length > maxRefusalLength) return undefined;
    }
    return parseRefusal(body);
  } catch {
    // No agent says such things, or it is gone in the middle: the HTTP status is all that can be told.
    return undefined;
  }
}

/**
 * The error in `{"error": {...}}`; undefined if there is none that this release knows.
 *
 * @throws SyntaxError if it is no JSON
 */
export function parseRefusal(body: string): SercliError | undefined {
  const { error } = Object(JSON.parse(body)) as { error?: unknown };
  const { code, message, fields } = Object(error) as Record<string, unknown>;
  if (typeof code !== 'string' || typeof message !== 'string') return undefined;
  const texts = Object.entries(Object(fields)).map(([name, value]) => [name, String(value)]);
  const told = errorFromTold({ code, message, fields: Object.fromEntries(texts) });
  return told.code === 'peer-error' ? undefined : told;
}
