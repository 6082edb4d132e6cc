import { defaultTcpPort, messageTable, newestWire, oldestWire } from '@sercli/protocol';

interface WireProtocol {
  readonly oldestWire: number;
  readonly newestWire: number;
  readonly defaultTcpPort: number;
  readonly messages: readonly { name: string; type: string; sender: string; scope: string }[];
}

declare const data: WireProtocol;

export { data };

export default {
  load(): WireProtocol {
    const rows = Object.entries(messageTable).map(([name, { byte, sender, scope }]) => ({
      name,
      type: hexadecimal(byte),
      sender,
      scope,
    }));
    return { oldestWire, newestWire, defaultTcpPort, messages: rows };
  },
};

function hexadecimal(byte: number): string {
  return `0x${byte.toString(16).padStart(2, '0')}`;
}
