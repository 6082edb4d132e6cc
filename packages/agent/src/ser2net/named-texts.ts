/** Directives that give a name to a text. */
export const namedTexts: readonly string[] = [
  'BANNER',
  'SIGNATURE',
  'OPENSTR',
  'CLOSESTR',
  'CLOSEON',
  'DEVICE',
  'TRACEFILE',
  'RS485CONF',
  'LED',
];

/** The options that the bare name of such a text stands for. */
const optionOfText = {
  BANNER: 'banner',
  SIGNATURE: 'signature',
  OPENSTR: 'openstr',
  CLOSESTR: 'closestr',
  CLOSEON: 'closeon',
} as const;

/** What the lines above have named, by directive and name. */
export class NamedTexts {
  readonly #texts = new Map<string, string>();

  set(directive: string, name: string, text: string): void {
    this.#texts.set(`${directive}:${name}`, text);
  }

  get(directive: string, name: string): string | undefined {
    return this.#texts.get(`${directive}:${name}`);
  }

  /** The option that a bare word stands for: ser2net looks for the name among these kinds of text. */
  optionNamed(name: string): { readonly option: string; readonly text: string } | undefined {
    for (const [directive, option] of Object.entries(optionOfText)) {
      const text = this.get(directive, name);
      if (text !== undefined) return { option, text };
    }
    return undefined;
  }
}
