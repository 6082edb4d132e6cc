/**
 * What goes over the wire between sercli programs, without any I/O: bytes in, events and bytes out.
 * Runs in Node and in browsers.
 *
 * @packageDocumentation
 */
export * from './errors.ts';
export * from './line-settings.ts';
export * from './modem-lines.ts';
