import type { IncomingMessage, ServerResponse } from 'node:http';
import { errorTable, SercliError, tellError, toSercliError } from '@sercli/protocol';

export const jsonType = 'application/json; charset=utf-8';
/** Lines of JSON that come as things happen. */
export const linesType = 'application/x-ndjson; charset=utf-8';

/** What an HTTP client understands of an error without reading it: by exit code, and where that says too little by code. */
const statusOfExit: Readonly<Record<number, number>> = { 2: 400, 3: 404, 4: 403, 5: 409, 7: 403 };
const statusOfCode: Readonly<Record<string, number>> = { 'certificate-missing': 401, 'state-untrusted': 500 };

export function writeHead(response: ServerResponse, status: number, type: string): void {
  response.writeHead(status, { 'Content-Type': type });
}

export function answer(response: ServerResponse, type: string, body: string): void {
  writeHead(response, 200, type);
  response.end(body);
}

export function answerJson(response: ServerResponse, body: object): void {
  answer(response, jsonType, toLine(body));
}

/** An object as a line of JSON. */
export function toLine(body: object): string {
  return `${JSON.stringify(body)}\n`;
}

/** Errors are JSON: `{"error": {"code", "message", "fields"}}`. */
export function answerError(response: ServerResponse, error: unknown): void {
  const told = toSercliError(error);
  refuse(response, statusOf(told), tellError(told));
}

export function refuse(response: ServerResponse, status: number, error: object): void {
  writeHead(response, status, jsonType);
  response.end(toLine({ error }));
}

/** The status with which an error is told. */
export function statusOf({ code }: SercliError): number {
  return statusOfCode[code] ?? statusOfExit[errorTable[code].exit] ?? 500;
}

/**
 * Reads what came with a request.
 *
 * @throws SercliError `usage` when it is too long or not what `parse` expects
 */
export async function readBody<Body>(
  request: IncomingMessage,
  parse: (json: string) => Body,
  maxBytes: number,
): Promise<Body> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw malformed(`it is longer than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  try {
    return parse(Buffer.concat(chunks).toString('utf8'));
  } catch (cause) {
    throw malformed(cause instanceof Error ? cause.message : String(cause));
  }
}

function malformed(reason: string): SercliError {
  return new SercliError('usage', {
    what: `what came with the request cannot be meant: ${reason}`,
    remedy: 'send JSON',
  });
}
