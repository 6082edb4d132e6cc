import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TelnetAccepter } from '../telnet/telnet-accepter.ts';
import { joinBytes } from '../testing/byte-sequences.ts';
import { chunkSizes, escapeRichBytes, escapeRichNoise, feed, randomSource } from '../testing/chunks.ts';
import { SimulatedComPort } from '../testing/simulated-com-port.ts';
import { ComPortAccepter } from './com-port-accepter.ts';
import { comPortCommands, controlCodes } from './com-port-codes.ts';
import { ComPortConnector } from './com-port-connector.ts';

/** Both ends, with the chunks between them cut. */
function connect(sizes: readonly number[]) {
  const wire: (() => void)[] = [];
  const port = new SimulatedComPort();
  const got = { client: [] as Uint8Array[], device: [] as Uint8Array[] };
  const told: string[] = [];
  const carry = (receive: (bytes: Uint8Array) => void) => (bytes: Uint8Array) => {
    wire.push(() => feed(bytes, sizes, receive));
  };
  const telnet: TelnetAccepter = new TelnetAccepter('offered', {
    send: carry((bytes) => connector.receive(bytes)),
    data: (bytes) => void got.device.push(bytes.slice()),
    ...{ break: () => undefined, dataMark: () => undefined, areYouThere: () => undefined },
    comPortAgreed: () => comPort.agreed(),
    comPort: (command) => comPort.receive(command),
  });
  const comPort = new ComPortAccepter({ port, signature: 'ÿserver', send: (body) => telnet.sendComPort(body) });
  const connector: ComPortConnector = new ComPortConnector({
    send: carry((bytes) => telnet.receive(bytes)),
    data: (bytes) => void got.client.push(bytes.slice()),
    agreed: () => void told.push('agreed'),
    answered: (command, value) => void told.push(`answer ${command}: ${value}`),
    modemState: (state) => void told.push(`modem state ${state}`),
    lineState: (state) => void told.push(`line state ${state}`),
    suspended: (isSuspended) => void told.push(isSuspended ? 'suspended' : 'resumed'),
  });
  const settle = (): void => {
    for (let next = wire.shift(); next !== undefined; next = wire.shift()) next();
  };
  /** What the server sends to the client as data. */
  const give = (bytes: Uint8Array): void => carry((chunk) => connector.receive(chunk))(telnet.encode(bytes));
  return { telnet, comPort, connector, port, got, told, settle, give };
}

describe('ComPortConnector and ComPortAccepter', () => {
  it('agree, and carry any bytes both ways, in any chunking', () => {
    const messages = fc.array(escapeRichBytes, { maxLength: 5 });
    fc.assert(
      fc.property(messages, messages, chunkSizes, (toDevice, toClient, sizes) => {
        const { telnet, connector, got, told, settle, give } = connect(sizes);
        telnet.start();
        connector.start();
        for (const bytes of toDevice) connector.write(bytes);
        for (const bytes of toClient) give(bytes);
        settle();
        expect(joinBytes(got.device)).toEqual(joinBytes(toDevice));
        expect(joinBytes(got.client)).toEqual(joinBytes(toClient));
        expect(told).toEqual(['agreed', 'modem state 0']);
      }),
    );
  });

  it('ask and answer', () => {
    const { telnet, comPort, connector, port, told, settle } = connect([1]);
    telnet.start();
    connector.start();
    settle();
    told.length = 0;
    connector.command(comPortCommands.signature);
    connector.command(comPortCommands.setBaudRate, Uint8Array.of(0, 0, 255, 255));
    connector.command(comPortCommands.setControl, Uint8Array.of(controlCodes.dtrOn));
    connector.command(comPortCommands.setLineStateMask, Uint8Array.of(255));
    settle();
    comPort.lineCondition('break');
    comPort.linesChanged({ ...port.lines, cts: true });
    settle();
    expect(port.settings.baudRate).toBe(65_535);
    expect(port.lines.dtr).toBe(true);
    expect(told).toEqual([
      `answer 0: ${new TextEncoder().encode('ÿserver')}`,
      'answer 1: 0,0,255,255',
      'answer 5: 8',
      'answer 10: 255',
      'line state 16',
      'modem state 17',
    ]);
  });

  it('hold each other up', () => {
    const { connector, port, settle, told, telnet } = connect([3]);
    connector.command(comPortCommands.suspend);
    connector.command(comPortCommands.resume);
    telnet.sendComPort(Uint8Array.of(comPortCommands.suspend + 100));
    telnet.sendComPort(Uint8Array.of(comPortCommands.resume + 100));
    settle();
    expect(port.log).toEqual(['suspend', 'resume']);
    // What the server said by itself came first.
    expect(told).toEqual(['suspended', 'resumed', 'modem state 0']);
  });

  it('survive whatever comes', () => {
    const { telnet, connector, settle } = connect([64]);
    const random = randomSource(5);
    for (let turn = 0; turn < 100_000; turn += 1) {
      if (turn % 2 === 0) telnet.receive(escapeRichNoise(random));
      else connector.receive(escapeRichNoise(random));
      settle();
    }
  });
});
