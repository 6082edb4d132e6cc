/**
 * The first example of a README: the first fenced block of `ts`, a whole module that imports only the package and what it
 * depends on, needs no hardware, and ends by itself.
 */
export function readmeExample(text) {
  return /^```ts\n(.*?)^```$/ms.exec(text)?.[1];
}
