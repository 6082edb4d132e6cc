import type { FlowControl } from '../line-settings.ts';
import type { SequenceStep } from '../modem-lines.ts';
import type { ComPort } from './com-port.ts';
import { controlCodes, flowCodes, inboundOffset } from './com-port-codes.ts';

const codes = controlCodes;

const flowOfCode: ReadonlyMap<number, FlowControl> = new Map([
  [codes.flowNone, 'none'],
  [codes.flowSoftware, 'software'],
  [codes.flowHardware, 'hardware'],
]);

const stepOfCode: ReadonlyMap<number, SequenceStep> = new Map([
  [codes.breakOn, { break: true }],
  [codes.breakOff, { break: false }],
  [codes.dtrOn, { dtr: true }],
  [codes.dtrOff, { dtr: false }],
  [codes.rtsOn, { rts: true }],
  [codes.rtsOff, { rts: false }],
]);

/**
 * SET-CONTROL. What is set is answered as asked and at once, whether the port has such a line or not: it is remembered
 * then, and told when it is asked for. Clients time the reset of a board by these answers.
 */
export class ComPortControl {
  readonly #port: ComPort;
  #outputs: { readonly dtr?: boolean; readonly rts?: boolean } = {};
  #isBreaking = false;
  /** Codes of flow control that is not in force, or not known to be. */
  #flow: number | undefined;
  #inboundFlow: number | undefined;

  constructor(port: ComPort) {
    this.#port = port;
  }

  /** @returns the code of the answer; undefined: there is no such code */
  receive(code: number): number | undefined {
    const flow = flowOfCode.get(code);
    if (flow !== undefined) return this.#setFlow(code, flow);
    const step = stepOfCode.get(code);
    if (step !== undefined) return this.#setLines(code, step);
    switch (code) {
      case codes.flowAsk:
        return this.#flowInForce;
      case codes.breakAsk:
        return this.#isBreaking ? codes.breakOn : codes.breakOff;
      case codes.dtrAsk:
        return (this.#outputs.dtr ?? this.#port.lines.dtr) ? codes.dtrOn : codes.dtrOff;
      case codes.rtsAsk:
        return (this.#outputs.rts ?? this.#port.lines.rts) ? codes.rtsOn : codes.rtsOff;
      case codes.inboundFlowAsk:
        return this.#inboundFlow ?? this.#inboundFlowInForce;
      // No driver of this system has these apart from the flow control of both directions: they are only remembered.
      case codes.inboundFlowNone:
      case codes.inboundFlowSoftware:
      case codes.inboundFlowHardware:
      case codes.dtrFlow:
        this.#inboundFlow = code;
        return code;
      case codes.dcdFlow:
      case codes.dsrFlow:
        this.#flow = code;
        return code;
      default:
        return undefined;
    }
  }

  get #flowInForce(): number {
    return this.#flow ?? flowCodes[this.#port.settings.flowControl];
  }

  get #inboundFlowInForce(): number {
    const both = this.#flowInForce;
    return flowOfCode.has(both) ? both + inboundOffset : codes.inboundFlowNone;
  }

  #setFlow(code: number, flowControl: FlowControl): number {
    this.#flow = code;
    this.#inboundFlow = undefined;
    this.#port.configure({ flowControl }, (outcome) => {
      if (outcome !== 'as-asked' && outcome.flowControl === flowControl && this.#flow === code) this.#flow = undefined;
    });
    return code;
  }

  #setLines(code: number, { break: isBreaking, ...outputs }: SequenceStep): number {
    if (isBreaking !== undefined) this.#isBreaking = isBreaking;
    const asked = { ...this.#outputs, ...outputs };
    this.#outputs = asked;
    this.#port.setLines(isBreaking === undefined ? outputs : { break: isBreaking }, () => {
      // From now on the port knows.
      if (this.#outputs === asked) this.#outputs = {};
    });
    return code;
  }
}
