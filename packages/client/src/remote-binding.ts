import { type LineSettingsChange, parsePortAddress } from '@sercli/protocol';
import type { FindOptions } from './agent-search.ts';
import { bindingSettings } from './binding-settings.ts';
import { Client } from './client.ts';
import type { ConnectOptions } from './connect-options.ts';
import type { DiscoveredPort } from './discovered-agent.ts';
import { RemotePortBinding } from './remote-port-binding.ts';
import type { SerialPortInfo, SerialPortOpenOptions } from './serialport-types.ts';

/** What opening a port through a `RemoteBinding` takes: node-serialport's own options, and sercli's in `remote`. */
export interface RemoteOpenOptions extends SerialPortOpenOptions {
  readonly remote?: Pick<
    ConnectOptions,
    'role' | 'takes' | 'start' | 'trust' | 'ifUnknown' | 'graceMs' | 'signal' | 'told'
  >;
}

/** A binding of node-serialport whose ports are those of agents. */
export interface RemoteBindingInterface {
  /** The ports of all agents that let themselves be found and know this client, after a second: `path` is `SerialMachine/ttyS0`. */
  list(options?: FindOptions): Promise<SerialPortInfo[]>;
  /**
   * Opens a port of an agent; `path` is its address, as `Client.connect` takes it.
   *
   * All that concerns the line is as with a port of this machine: `baudRate`, `dataBits`, `parity` (`mark` and `space` too),
   * `stopBits` (1.5 too), `rtscts`, and `xon` and `xoff`, which a port of an agent has both or neither. `xany` is refused
   * together with them. What belongs to the port and not to the program is up to its agent: whether DTR falls at the end
   * (`hupcl` in its configuration), and whether others may write too; `lock` makes no difference.
   *
   * @throws SercliError what `Client.connect` throws, and `bad-settings`
   */
  open(options: RemoteOpenOptions): Promise<RemotePortBinding>;
}

/** Makes a binding whose ports are opened by a client of yours: of its name, its key, its interfaces. */
export function remoteBinding(client: Client): RemoteBindingInterface {
  return bindingOf(() => client);
}

function bindingOf(client: () => Client): RemoteBindingInterface {
  return {
    async list(options = {}) {
      const agents = await client().agents(options);
      return agents
        .flatMap(({ ports }) => ports.filter(({ state }) => state === 'open' || state === 'idle'))
        .map(toInfo);
    },
    async open(options) {
      requireOptions(options);
      const openOptions = { ...defaultOptions, ...options };
      const settings: LineSettingsChange = bindingSettings(openOptions);
      const { trust, ifUnknown = 'ask', graceMs, signal, told, ...wish } = options.remote ?? {};
      const link = await client()
        .connections(trust)
        .open(parsePortAddress(options.path), { settings, ...wish }, { ifUnknown, graceMs, signal, told });
      return new RemotePortBinding(link, openOptions);
    },
  };
}

/**
 * Ports of agents for node-serialport: every parser and library that takes a `SerialPortStream` runs on them.
 *
 *     import { SerialPortStream } from '@serialport/stream';
 *     const port = new SerialPortStream({ binding: RemoteBinding, path: 'SerialMachine/ttyS0', baudRate: 115200 });
 *
 * A cut connection is a pause. When bytes are missing or may be lost for good, and when somebody else takes control of the
 * port, node-serialport has no word for it: then the port is disconnected, as a USB adapter is that was pulled out.
 */
export const RemoteBinding: RemoteBindingInterface = bindingOf(ownClient);

let made: Client | undefined;

/** Made when it is needed: who only imports this gets nothing looked up. */
function ownClient(): Client {
  made ??= new Client();
  return made;
}

function toInfo({ address, usb }: DiscoveredPort): SerialPortInfo {
  const { manufacturer, serialNumber, vendorId, productId } = usb ?? {};
  // What udev calls a port and where it is plugged in is known on the agent's machine alone.
  return { path: address, manufacturer, serialNumber, vendorId, productId, pnpId: undefined, locationId: undefined };
}

/** As those of node-serialport's own binding (@serialport/bindings-cpp). */
const defaultOptions = {
  dataBits: 8,
  lock: true,
  stopBits: 1,
  parity: 'none',
  rtscts: false,
  xon: false,
  xoff: false,
  xany: false,
  hupcl: true,
} as const;

/** In the words of node-serialport's own binding. @throws TypeError */
function requireOptions(options: unknown): asserts options is RemoteOpenOptions {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new TypeError('"options" is not an object');
  }
  if (!('path' in options) || !options.path) throw new TypeError('"path" is not a valid port');
  if (!('baudRate' in options) || !options.baudRate) throw new TypeError('"baudRate" is not a valid baudRate');
}
