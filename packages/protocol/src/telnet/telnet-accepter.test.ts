import { describe, expect, it } from 'vitest';
import { openingBytes } from '../access-opening.ts';
import { type ComPortOffer, TelnetAccepter } from './telnet-accepter.ts';

const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
const bytesOf = (text: string): Uint8Array => Uint8Array.from(text.split(' ').map((byte) => Number.parseInt(byte, 16)));

function accepter(offer: ComPortOffer) {
  const sent: string[] = [];
  const happened: string[] = [];
  const telnet = new TelnetAccepter(offer, {
    send: (bytes) => void sent.push(hex(bytes)),
    data: (bytes) => void happened.push(`data ${hex(bytes)}`),
    break: () => void happened.push('break'),
    dataMark: () => void happened.push('data mark'),
    areYouThere: () => void happened.push('are you there'),
    comPortAgreed: () => void happened.push('agreed'),
    comPort: (command) => void happened.push(`com port ${hex(command)}`),
  });
  return { telnet, sent, happened, receive: (text: string) => telnet.receive(bytesOf(text)) };
}

const ser2netTelnet = 'ff fb 03 ff fd 03 ff fb 01 ff fe 01 ff fd 00 ff fb 00';

describe('TelnetAccepter', () => {
  it('opens as ser2net does', () => {
    expect(hex(openingBytes('telnet'))).toBe(ser2netTelnet);
    expect(hex(openingBytes('rfc2217'))).toBe(`${ser2netTelnet} ff fd 2c`);
    expect(openingBytes('raw')).toHaveLength(0);
  });

  it('agrees with pyserial without a superfluous word', () => {
    const { telnet, sent, happened, receive } = accepter('offered');
    telnet.start();
    sent.length = 0;
    // Its opening, then its answers to ours.
    receive('ff fd 01 ff fb 03 ff fd 03 ff fd 2c ff fb 2c');
    receive('ff fb 00 ff fd 00');
    expect(sent).toEqual(['ff fb 2c']);
    expect(happened).toEqual(['agreed']);
  });

  it('refuses com-port control where it is not served', () => {
    const { telnet, sent, happened, receive } = accepter('refused');
    telnet.start();
    sent.length = 0;
    receive('ff fb 2c ff fd 2c ff fa 2c 00 ff f0');
    expect(sent).toEqual(['ff fe 2c', 'ff fc 2c']);
    expect(happened).toEqual([]);
  });

  it('takes commands of clients that do not negotiate first', () => {
    const { happened, receive } = accepter('accepted');
    receive('ff fa 2c 05 08 ff f0');
    expect(happened).toEqual(['agreed', 'com port 05 08']);
  });

  it('tells breaks, synchs and questions in their place among the bytes', () => {
    const { happened, receive } = accepter('refused');
    receive('41 ff f3 42 ff f6 43 ff f2 ff f1 ff f4 44');
    expect(happened).toEqual(['data 41', 'break', 'data 42', 'are you there', 'data 43', 'data mark', 'data 44']);
  });

  it('translates no newline and doubles each FF', () => {
    const { telnet, happened, receive } = accepter('refused');
    receive('0d 00 0d 0a 0a ff ff');
    expect(happened).toEqual(['data 0d 00 0d 0a 0a ff']);
    expect(hex(telnet.encode(bytesOf('ff 0d 0a ff ff')))).toBe('ff ff 0d 0a ff ff ff ff');
  });
});
