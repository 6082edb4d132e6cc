import type { SaidDefault } from './statement.ts';

/** What `default` has set up to here: for a class of gensios, or for all. */
export class Defaults {
  readonly #values = new Map<string, string>();

  apply({ kind, name, value, className = '' }: SaidDefault): void {
    const key = keyOf(name, className);
    if (kind === 'delete-default') this.#values.delete(key);
    else this.#values.set(key, value ?? '');
  }

  get(name: string, className: string): string | undefined {
    return this.#values.get(keyOf(name, className)) ?? this.#values.get(keyOf(name, ''));
  }

  /** In the order in which they were set. */
  namesOf(className: string): readonly string[] {
    const names = [...this.#values.keys()].map((key) => key.slice(key.indexOf(':') + 1));
    return [...new Set(names)].filter((name) => this.get(name, className) !== undefined);
  }
}

function keyOf(name: string, className: string): string {
  return `${className}:${optionName(name)}`;
}

/** Options are written with dashes, and by 3.x with underscores. */
export function optionName(name: string): string {
  return name.toLowerCase().replaceAll('_', '-');
}
