import { remoteBinding, type SerialPortBinding } from '@sercli/client';
import { MockBinding, type MockPortBinding } from '@serialport/binding-mock';
import { LinuxBinding, type LinuxOpenOptions } from '@serialport/bindings-cpp';
import { type BindingAbilities, bindingSuite } from './support/binding-suite.ts';
import { ClientBench } from './support/client-bench.ts';
import { PtyDevice } from './support/pty-device.ts';

/** A pseudo terminal has no modem lines. */
const ofPseudoTerminals: BindingAbilities = { hasLines: false, canHold: true };

bindingSuite('the mock of node-serialport', { hasLines: true, canHold: false }, async () => {
  const mock = (port: SerialPortBinding): MockPortBinding => port as unknown as MockPortBinding;
  MockBinding.createPort('/dev/mock', { record: true, maxReadSize: 100 });
  return {
    open: (options) => MockBinding.open(options),
    path: '/dev/mock',
    send: (bytes, port) => mock(port).emitData(Buffer.from(bytes)),
    received: async (_bytes, port) => mock(port).recording,
    cleanup: async () => MockBinding.reset(),
  };
});

bindingSuite("node-serialport's own binding, on a pseudo terminal", ofPseudoTerminals, async () => {
  const device = new PtyDevice();
  return {
    open: (options) => LinuxBinding.open(options as LinuxOpenOptions),
    path: device.path,
    send: (bytes) => device.send(bytes),
    received: (bytes) => device.receive(bytes),
    hold: () => device.pause(),
    cleanup: async () => device.close(),
  };
});

bindingSuite('RemoteBinding, with a pseudo terminal at the agent', ofPseudoTerminals, async () => {
  const bench = await ClientBench.create();
  const binding = remoteBinding(bench.client('anna'));
  return {
    open: (options) => binding.open(options),
    path: bench.address('dut'),
    send: (bytes) => bench.device.send(bytes),
    received: (bytes) => bench.device.receive(bytes),
    hold: () => bench.device.pause(),
    cleanup: () => bench.close(),
  };
});
