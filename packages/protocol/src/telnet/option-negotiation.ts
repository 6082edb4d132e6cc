import type { TelnetVerb } from './telnet-codes.ts';

/** Who does what an option says. */
export type OptionSide = 'us' | 'peer';

export interface NegotiationHandlers {
  send(verb: TelnetVerb, option: number): void;
  /** The option is in force on a side, or no longer. */
  changed(side: OptionSide, option: number, isOn: boolean): void;
}

/** The options that are agreed to. */
export type OptionPolicy = Readonly<Record<OptionSide, ReadonlySet<number>>>;

/**
 * An option that was taken back and agreed to again so often is refused from then on. Two peers whose words have crossed
 * could else agree and refuse in turn for ever.
 */
const mostAgreements = 16;

/** `asked`: we said WILL or DO and were not answered yet. */
type OptionState = 'off' | 'asked' | 'on';

const words = {
  us: { yes: 'will', no: 'wont' },
  peer: { yes: 'do', no: 'dont' },
} as const satisfies Record<OptionSide, Record<'yes' | 'no', TelnetVerb>>;

/**
 * Which telnet options are in force. Answers only what changes something, so that two peers never go on answering each
 * other as long as their words do not cross (RFC 1143; since nothing is ever taken back here, three of its states do).
 */
export class OptionNegotiation {
  readonly #policy: OptionPolicy;
  readonly #handlers: NegotiationHandlers;
  readonly #states = { us: new Map<number, OptionState>(), peer: new Map<number, OptionState>() };
  readonly #agreements = { us: new Map<number, number>(), peer: new Map<number, number>() };

  constructor(policy: OptionPolicy, handlers: NegotiationHandlers) {
    this.#policy = policy;
    this.#handlers = handlers;
  }

  isOn(side: OptionSide, option: number): boolean {
    return this.#state(side, option) === 'on';
  }

  /** WILL, for us, or DO. */
  ask(side: OptionSide, option: number): void {
    if (this.#state(side, option) !== 'off') return;
    this.#states[side].set(option, 'asked');
    this.#handlers.send(words[side].yes, option);
  }

  /** A verb came: DO and DONT are about us, WILL and WONT about the peer. */
  receive(verb: TelnetVerb, option: number): void {
    switch (verb) {
      case 'do':
        return this.#agreed('us', option);
      case 'will':
        return this.#agreed('peer', option);
      case 'dont':
        return this.#refused('us', option);
      case 'wont':
        return this.#refused('peer', option);
      default:
        return verb satisfies never;
    }
  }

  #state(side: OptionSide, option: number): OptionState {
    return this.#states[side].get(option) ?? 'off';
  }

  #agreementsOf(side: OptionSide, option: number): number {
    return this.#agreements[side].get(option) ?? 0;
  }

  #agreed(side: OptionSide, option: number): void {
    const state = this.#state(side, option);
    if (state === 'on') return;
    if (state === 'off') {
      const isAllowed = this.#policy[side].has(option) && this.#agreementsOf(side, option) < mostAgreements;
      this.#handlers.send(words[side][isAllowed ? 'yes' : 'no'], option);
      if (!isAllowed) return;
    }
    this.#states[side].set(option, 'on');
    this.#agreements[side].set(option, this.#agreementsOf(side, option) + 1);
    this.#handlers.changed(side, option, true);
  }

  #refused(side: OptionSide, option: number): void {
    const state = this.#state(side, option);
    this.#states[side].set(option, 'off');
    if (state !== 'on') return;
    this.#handlers.send(words[side].no, option);
    this.#handlers.changed(side, option, false);
  }
}
