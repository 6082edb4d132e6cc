import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Peer } from '@sercli/link';
import {
  type AdmissionState,
  admissionBeatMs,
  defaultAgentLimits,
  type ListedAgent,
  parseAdmissionRequest,
  tellError,
} from '@sercli/protocol';
import { linesType, readBody, toLine, writeHead } from '../server/json-answers.ts';
import type { Access } from './access.ts';
import type { Outcome, WaitingClients } from './waiting-clients.ts';

export interface Admissions {
  readonly access: Access;
  readonly waiting: WaitingClients;
  readonly agent: ListedAgent;
}

/**
 * Answers a client that asks to be let in, as soon as somebody has decided; one that does not wait, at once.
 *
 * @throws SercliError `usage`, `not-authorized`; then nothing has been answered
 */
export async function answerAdmission(
  { access, waiting, agent }: Admissions,
  request: IncomingMessage,
  response: ServerResponse,
  peer: Peer,
): Promise<void> {
  const { requestBodyBytes, waitingMs } = defaultAgentLimits;
  const wanted = await readBody(request, parseAdmissionRequest, requestBodyBytes);
  const { fingerprint } = peer;
  if (fingerprint === undefined || access.refusal(peer, 'connect') === undefined) return admitted(response);
  waiting.ask({ ...peer, fingerprint }, wanted);
  const state = { state: 'waiting', agent, waitMs: waitingMs } as const;
  if (!wanted.waits) return end(response, state);
  const stop = waiting.wait(fingerprint, (outcome) => end(response, stateOf(outcome)));
  writeHead(response, 200, linesType);
  response.write(toLine(state));
  const beat = setInterval(() => response.write('\n'), admissionBeatMs);
  response.on('close', () => {
    clearInterval(beat);
    stop();
  });
}

function admitted(response: ServerResponse): void {
  end(response, { state: 'admitted' });
}

function end(response: ServerResponse, state: AdmissionState): void {
  if (!response.headersSent) writeHead(response, 200, linesType);
  response.end(toLine(state));
}

function stateOf(outcome: Outcome): AdmissionState {
  if (outcome.isAdmitted) return { state: 'admitted' };
  return { state: 'refused', error: tellError(outcome.error) };
}
