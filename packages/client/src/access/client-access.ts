import {
  type BrokenLine,
  type DialKeys,
  fullFingerprintOf,
  type Identity,
  identityPath,
  type KnownAgent,
  KnownAgents,
  loadIdentity,
  PrivateFiles,
  shownFingerprint,
  stateDirectory,
} from '@sercli/link';
import { type AgentAddress, formatAgentAddress, SercliError, shellWord } from '@sercli/protocol';

/** What happens while keys are proved and judged. */
export type AccessEvent =
  /** An agent was reached under this address for the first time, and its key is known from now on. */
  | {
      readonly kind: 'first-use';
      readonly address: AgentAddress;
      /** Of the agent's key and of this client's, as people compare them: 16 characters in groups. */
      readonly fingerprint: string;
      readonly own: string;
      /** The file that it stands in. */
      readonly path: string;
    }
  /** A line of `known_agents` cannot be read, and was skipped. */
  | { readonly kind: 'broken-line'; readonly path: string; readonly line: BrokenLine };

export interface ClientAccessOptions {
  /** Where the identity and the known agents are kept; `stateDirectory()` of @sercli/link unless said otherwise. */
  readonly directory?: string | undefined;
  /**
   * The fingerprint of the one key that agents must have, whole or as people compare it; `known_agents` is not asked then.
   */
  readonly trusted?: string | undefined;
  told?(event: AccessEvent): void;
}

/** Whether a key that is seen for the first time is recorded, or only compared with what is known. */
export type PinMode = 'record' | 'check';

/**
 * Who this client is to agents, and which agents it knows. Nothing is read or made before an agent is reached over the
 * network; on the control sockets of this machine nobody shows a key.
 *
 * `$SERCLI_IDENTITY` and `$SERCLI_KNOWN_AGENTS` go before the files.
 */
export class ClientAccess {
  readonly #directory: string;
  readonly #trusted: string | undefined;
  readonly #told: (event: AccessEvent) => void;
  #identity: Promise<Identity> | undefined;
  #knownAgents: KnownAgents | undefined;

  /** @throws SercliError `usage` where `trusted` is no fingerprint */
  constructor({ directory = stateDirectory(), trusted, told }: ClientAccessOptions = {}) {
    this.#directory = directory;
    this.#trusted = trusted === undefined ? undefined : readFingerprint(trusted);
    this.#told = (event) => told?.(event);
  }

  /** The file with this client's key and certificate. */
  get identityPath(): string {
    return identityPath(this.#directory);
  }

  /**
   * What this client proves who it is with; made when it is needed for the first time.
   *
   * @throws SercliError `state-untrusted`, `state-unusable`
   */
  identity(): Promise<Identity> {
    if (this.#identity !== undefined) return this.#identity;
    const loading = loadIdentity(this.#directory);
    this.#identity = loading;
    // What the user has mended meanwhile counts the next time.
    loading.catch(() => {
      this.#identity = undefined;
    });
    return loading;
  }

  /**
   * The full fingerprint of this client's key: 52 characters.
   *
   * @throws SercliError `state-untrusted`, `state-unusable`
   */
  async fingerprint(): Promise<string> {
    return fullFingerprintOf((await this.identity()).cert);
  }

  /** The agents that this client knows. @throws SercliError `state-untrusted`, `state-unusable` */
  get knownAgents(): KnownAgents {
    this.#knownAgents ??= new KnownAgents(new PrivateFiles(this.#directory), (path, line) =>
      this.#told({ kind: 'broken-line', path, line }),
    );
    return this.#knownAgents;
  }

  /**
   * The fingerprint that an agent has to have: the trusted one, or the whole of the known one; undefined if it is not known.
   *
   * @throws SercliError `state-untrusted`, `state-unusable`
   */
  pinOf({ host, tcpPort }: AgentAddress): string | undefined {
    return this.#trusted ?? this.knownAgents.find(host, tcpPort)?.fingerprint;
  }

  /** What an agent is reached with. @param address as the user wrote it: by that the agent is known */
  keysFor(address: AgentAddress, pins: PinMode): DialKeys {
    return {
      identity: () => this.identity(),
      verify: (fingerprint) => this.#verify(address, fingerprint, pins),
    };
  }

  async #verify(address: AgentAddress, fingerprint: string, pins: PinMode): Promise<void> {
    if (this.#trusted !== undefined) return requireTrusted(address, this.#trusted, fingerprint);
    // Nobody else has this client's own key: the agent is run by the same user on the same machine.
    const own = await this.#identity;
    if (own !== undefined && fingerprint === fullFingerprintOf(own.cert)) return;
    const known = this.pinOf(address) ?? (pins === 'record' ? await this.#record(address, fingerprint) : fingerprint);
    if (known !== fingerprint) throw keyChanged(address, known, fingerprint);
  }

  /** @returns the fingerprint that is known from now on: another program may have been first */
  async #record(address: AgentAddress, fingerprint: string): Promise<string> {
    const agent = newKnownAgent(address, fingerprint);
    const recorded = await this.knownAgents.add(agent);
    if (recorded === agent) {
      const own = shownFingerprint(await this.fingerprint());
      const { path } = this.knownAgents;
      this.#told({ kind: 'first-use', address, fingerprint: shownFingerprint(fingerprint), own, path });
    }
    return recorded.fingerprint;
  }
}

/** @throws SercliError `usage` */
function readFingerprint(text: string): string {
  const fingerprint = text.replaceAll('-', '').toUpperCase();
  if (/^(?:[A-Z2-7]{16}|[A-Z2-7]{52})$/.test(fingerprint)) return fingerprint;
  const remedy = 'give the 16 characters that "sercli identity" shows, or all 52';
  throw new SercliError('usage', { what: `"${text}" is no fingerprint`, remedy });
}

/** What people compare is the beginning: 80 bits, which no other key can be found to have. */
function requireTrusted(address: AgentAddress, trusted: string, fingerprint: string): void {
  if (fingerprint.startsWith(trusted)) return;
  throw new SercliError('agent-key-refused', {
    host: formatAgentAddress({ ...address, carrier: 'stream' }),
    shown: shownFingerprint(fingerprint),
    trusted: shownFingerprint(trusted),
  });
}

/** An agent that becomes known now. @param fingerprint the full one */
export function newKnownAgent({ host, tcpPort }: AgentAddress, fingerprint: string): KnownAgent {
  const nowMs = Date.now();
  // The file keeps whole seconds.
  return { host, tcpPort, fingerprint, since: new Date(nowMs - (nowMs % 1000)) };
}

function keyChanged(address: AgentAddress, known: string, fingerprint: string): SercliError {
  const host = formatAgentAddress({ ...address, carrier: 'stream' });
  return new SercliError('agent-key-changed', {
    host,
    // In some shells the brackets of an IPv6 address are a pattern.
    place: shellWord(host),
    known: shownFingerprint(known),
    shown: shownFingerprint(fingerprint),
    fingerprint,
  });
}
