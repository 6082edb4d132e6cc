import { readFileSync } from 'node:fs';
import { createPackageFromTarballData } from '@arethetypeswrong/core';

/** What is in a file made by `npm pack`: `{ name, version, manifest, files, contents, packedBytes, unpackedBytes }`. */
export function packedPackage(bytes) {
  const contents = createPackageFromTarballData(bytes);
  const prefix = `/node_modules/${contents.packageName}/`;
  const files = contents.listFiles().map((path) => ({
    path: path.slice(prefix.length),
    bytes: Buffer.byteLength(contents.readFile(path)),
  }));
  return {
    name: contents.packageName,
    version: contents.packageVersion,
    manifest: JSON.parse(contents.readFile(`${prefix}package.json`)),
    files,
    contents,
    packedBytes: bytes.length,
    unpackedBytes: files.reduce((sum, file) => sum + file.bytes, 0),
  };
}

export function readPackedPackage(path) {
  return packedPackage(readFileSync(path));
}
