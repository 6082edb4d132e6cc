import { defaultLimits } from '../limits.ts';
import { FrameDecoder } from '../native/frame-decoder.ts';
import { SessionStream } from '../native/session-stream.ts';
import { patternBytes } from './byte-sequences.ts';
import { FrameLog } from './frame-log.ts';

const limits = { ...defaultLimits, dataBytes: 100, ackDelayMs: 25 };

/** A carrier that keeps what is sent. */
export function recordedCarrier(channel: number) {
  const sent = new FrameLog();
  const decoder = new FrameDecoder(sent, 'accepter', limits);
  const carrier = {
    isCongested: false,
    roundTripMs: () => 0,
    released: [] as number[],
    wakes: [] as number[],
    abandoned: 0,
    send: (head: Uint8Array, body?: Uint8Array) => {
      decoder.push(head);
      if (body !== undefined) decoder.push(body);
    },
    wake: (at: number) => void carrier.wakes.push(at),
    release: (freed: number) => void carrier.released.push(freed),
    abandon: () => {
      carrier.abandoned += 1;
    },
  };
  const types = () => sent.items.map((item) => (item.kind === 'message' ? item.message.type : 'data'));
  return { way: { channel, carrier }, carrier, sent, types };
}

/** A stream on such a carrier, with an owner whose progress the test sets. */
export function recordedStream() {
  const owner = { taken: 0, applied: 0, windowBytes: 400 };
  const progress = { taken: () => owner.taken, applied: () => owner.applied, windowBytes: () => owner.windowBytes };
  const stream = new SessionStream(progress, limits);
  const first = recordedCarrier(5);
  stream.attach(first.way);
  const begin = () =>
    stream.begin({ sendFrom: 1000, sendLimit: 1250, receiveFrom: 0, receiveLimit: 400, isKept: true });
  return { stream, owner, begin, ...first };
}

export function sendBytes(stream: SessionStream, bytes: number): void {
  stream.sendData(patternBytes(1, stream.sentOffset, bytes), 0);
}

export function sendBreak(stream: SessionStream): void {
  const { sentOffset: offset } = stream;
  stream.sendNumbered((sequence) => ({ type: 'event', sequence, offset, event: { kind: 'break' } }));
}
