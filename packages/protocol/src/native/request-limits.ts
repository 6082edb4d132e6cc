import { SercliError } from '../errors.ts';
import type { Limits } from '../limits.ts';
import type { PortRequest } from './messages/request.ts';

/** @throws SercliError `frame-malformed` where a request would hold the port for too long */
export function checkRequest(request: PortRequest, { sequenceSteps, stepWaitMs }: Limits): void {
  if (request.kind !== 'run-sequence') return;
  const { steps } = request;
  if (steps.length <= sequenceSteps && steps.every(({ waitMs = 0 }) => waitMs <= stepWaitMs)) return;
  const reason = `a sequence has at most ${sequenceSteps} steps of at most ${stepWaitMs} ms`;
  throw new SercliError('frame-malformed', { type: 'request', reason });
}
