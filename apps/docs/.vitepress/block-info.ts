/** What stands behind the three backquotes of a code block: ```sh on="SerialMachine" exits="7" */
export interface BlockInfo {
  readonly language: string;
  readonly attributes: ReadonlyMap<string, string>;
}

/** @throws Error for what is neither a language nor NAME="VALUE" */
export function parseBlockInfo(info: string): BlockInfo {
  const [language = '', ...rest] = info.trim().split(/\s+(?=[\w-]+=)/);
  const attributes = rest.map((text): [string, string] => {
    const [, name, value] = /^([\w-]+)="([^"]+)"$/.exec(text) ?? [];
    if (name === undefined || value === undefined) throw new Error(`${text} is not NAME="VALUE"`);
    return [name, value];
  });
  if (/\s/.test(language)) throw new Error(`${language} is more than a language`);
  return { language, attributes: new Map(attributes) };
}
