import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A line of the table of all figures: the same figure of every chain. */
interface Figure {
  readonly row: string;
  readonly rowTitle: string;
  readonly title: string;
  readonly chains: Readonly<Record<string, string>>;
}

/** What bench/report/results.mjs writes; the parts that are shown. */
interface Results {
  readonly isQuick: boolean;
  readonly date: string;
  readonly revision: string;
  readonly machine: Readonly<Record<string, string | number>>;
  readonly versions: Readonly<Record<string, string>>;
  readonly targets: readonly {
    readonly row: string;
    readonly title: string;
    readonly what: string;
    readonly text: string;
    readonly goal: string;
    readonly isMet: boolean;
  }[];
  readonly rows: readonly Row[];
}

interface Row {
  readonly name: string;
  readonly title: string;
  /** chain -> metric -> figure */
  readonly chains: Readonly<
    Record<string, Readonly<Record<string, { readonly title: string; readonly text: string }>>>
  >;
}

/** How often a side calls the system for one of what a row does. */
interface ProfileLine {
  readonly per: string;
  readonly side: string;
  readonly calls: string;
}

/** What bench/profile.mjs writes; the parts that are shown. */
interface Profile {
  readonly rows: readonly {
    readonly per: string;
    readonly calls: Readonly<Record<string, Readonly<Record<string, number>>>>;
  }[];
}

interface Benchmarks extends Omit<Results, 'rows'> {
  readonly chains: readonly string[];
  readonly figures: readonly Figure[];
  readonly profile: readonly ProfileLine[];
}

declare const data: Benchmarks;

export { data };

const file = fileURLToPath(new URL('../../../bench/results.json', import.meta.url));
const profileFile = fileURLToPath(new URL('../../../bench/profile.json', import.meta.url));

export default {
  watch: ['../../../bench/results.json', '../../../bench/profile.json'],
  load(): Benchmarks {
    const { rows, ...results } = JSON.parse(readFileSync(file, 'utf8')) as Results;
    return {
      ...results,
      date: results.date.slice(0, 10),
      chains: [...new Set(rows.flatMap(({ chains }) => Object.keys(chains)))],
      figures: rows.flatMap(figuresOf),
      profile: profileLines(JSON.parse(readFileSync(profileFile, 'utf8')) as Profile),
    };
  },
};

function figuresOf({ name, title: rowTitle, chains }: Row): Figure[] {
  const titles = new Map(
    Object.values(chains).flatMap((figures) => Object.entries(figures).map(([metric, { title }]) => [metric, title])),
  );
  return [...titles].map(([metric, title]) => ({
    row: name,
    rowTitle,
    title,
    chains: Object.fromEntries(
      Object.entries(chains).flatMap(([chain, { [metric]: figure }]) =>
        figure === undefined ? [] : [[chain, figure.text]],
      ),
    ),
  }));
}

/** Calls that are made less often than once for ten say nothing. */
function profileLines({ rows }: Profile): ProfileLine[] {
  return rows.flatMap(({ per, calls }) =>
    Object.entries(calls).map(([side, counts]) => ({
      per,
      side,
      calls: Object.entries(counts)
        .filter(([, count]) => count >= 0.1)
        .map(([name, count]) => `${count < 10 ? count.toFixed(1) : Math.round(count)} ${name}`)
        .join(', '),
    })),
  );
}
