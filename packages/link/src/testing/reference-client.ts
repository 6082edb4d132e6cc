import { ComPortConnector, doubleEscapes, NullmodemDecoder, type SpokenProtocol } from '@sercli/protocol';

/** The dialling end of an access protocol, as far as it carries bytes. */
export interface ReferenceClient {
  /** What it says first. */
  readonly opening: Uint8Array;
  encode(bytes: Uint8Array): Uint8Array;
  /** Reads what came from the server; `answers` has what is to be sent because of it. */
  receive(bytes: Uint8Array): void;
  /** Data so far. */
  readonly data: Buffer;
  takeAnswers(): Uint8Array;
}

export function referenceClient(protocol: SpokenProtocol): ReferenceClient {
  switch (protocol) {
    case 'raw':
      return plainClient();
    case 'nullmodem':
      return nullmodemClient();
    case 'telnet':
    case 'rfc2217':
      return telnetClient();
    default:
      return protocol satisfies never;
  }
}

function plainClient(): ReferenceClient {
  const log = dataLog();
  return {
    opening: new Uint8Array(0),
    encode: (bytes) => bytes,
    receive: log.add,
    takeAnswers: () => new Uint8Array(0),
    get data() {
      return log.data;
    },
  };
}

/** As DOSBox begins. */
function nullmodemClient(): ReferenceClient {
  const log = dataLog();
  const decoder = new NullmodemDecoder({ data: log.add, state: () => undefined });
  return {
    opening: Uint8Array.of(0xff, 0, 0xff, 0, 0xff, 0),
    encode: doubleEscapes,
    receive: (bytes) => decoder.receive(bytes),
    takeAnswers: () => new Uint8Array(0),
    get data() {
      return log.data;
    },
  };
}

/** As pyserial begins. */
function telnetClient(): ReferenceClient {
  const log = dataLog();
  let unsent: Uint8Array[] = [];
  const ignore = (): void => undefined;
  const takeAnswers = (): Uint8Array => {
    const answers = Buffer.concat(unsent);
    unsent = [];
    return answers;
  };
  const connector = new ComPortConnector({
    send: (bytes) => void unsent.push(bytes.slice()),
    data: log.add,
    ...{ agreed: ignore, answered: ignore, modemState: ignore, lineState: ignore, suspended: ignore },
  });
  connector.start();
  return {
    opening: takeAnswers(),
    encode: doubleEscapes,
    receive: (bytes) => connector.receive(bytes),
    takeAnswers,
    get data() {
      return log.data;
    },
  };
}

function dataLog() {
  const parts: Buffer[] = [];
  return {
    add: (bytes: Uint8Array): void => void parts.push(Buffer.from(bytes)),
    get data(): Buffer {
      return Buffer.concat(parts);
    },
  };
}
