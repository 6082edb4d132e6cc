import { expect, it } from 'vitest';
import { AdmissionReport } from './admission-report.ts';

it('tells once for each agent what to do, and once that it is done', () => {
  const report = new AdmissionReport();
  expect(report.waiting('SerialMachine/ttyS0', 'SerialMachine', 'K7QF-2M7X-ABCD-EFGH')).toEqual([
    'SerialMachine does not know this client yet. On SerialMachine run:',
    '  sercli authorize K7QF-2M7X-ABCD-EFGH',
  ]);
  expect(report.waiting('SerialMachine/ttyS1', 'SerialMachine', 'K7QF-2M7X-ABCD-EFGH')).toEqual([]);
  expect(report.waiting('plant/plc', 'plant', 'K7QF-2M7X-ABCD-EFGH').length).toBe(2);
  expect(report.authorized('SerialMachine/ttyS0')).toEqual(['SerialMachine has let this client in']);
  expect(report.authorized('SerialMachine/ttyS1')).toEqual([]);
  expect(report.isWaiting).toBe(true);
  report.givenUp('plant/plc');
  expect(report.isWaiting).toBe(false);
});

it('says it again when the client was let in and is not any more', () => {
  const report = new AdmissionReport();
  report.waiting('a/b', 'a', 'K');
  report.authorized('a/b');
  expect(report.waiting('a/b', 'a', 'K').length).toBe(2);
});

it('lets an agent command no terminal', () => {
  const [line] = new AdmissionReport().waiting('a/b', 'a\x1b[2J', 'K');
  expect(line).toBe('a?[2J does not know this client yet. On a?[2J run:');
});
