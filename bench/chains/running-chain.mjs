import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Endpoint } from '../load/endpoint.mjs';
import { endProgram, endPrograms, runningPrograms } from './program.mjs';

/** A chain that runs, with devices at one end and an application that has all ports open at the other. */
export class RunningChain {
  #folder;
  #parts;

  /** @param place `{ folder, programs }`: where chains put their files, the load programs */
  static async start(definition, portCount, { folder: parent, programs }) {
    const folder = mkdtempSync(join(parent, `${definition.name}-`));
    const device = await Endpoint.device(programs.endpoint, portCount);
    const others = runningPrograms();
    try {
      const parts = await definition.start({ folder, devices: device.paths });
      const application = await Endpoint.application(programs.endpoint, parts.links);
      return new RunningChain(definition, { folder, device, application, ...parts });
    } catch (error) {
      await endPrograms(others);
      await device.close();
      throw error;
    }
  }

  constructor(definition, { folder, device, application, ...parts }) {
    this.name = definition.name;
    this.device = device;
    this.application = application;
    this.#folder = folder;
    this.#parts = parts;
  }

  /** What the application has open. */
  get links() {
    return this.#parts.links;
  }

  get tcpPorts() {
    return this.#parts.tcpPorts;
  }

  get agentPids() {
    return this.#parts.agents.map(({ pid }) => pid);
  }

  get clientPids() {
    return this.#parts.clients.map(({ pid }) => pid);
  }

  /** Resolves when all programs of the chain have printed this on standard error. */
  async saysOfAll(text) {
    await Promise.all([...this.#parts.agents, ...this.#parts.clients].map(({ stderr }) => stderr.waitFor(text)));
  }

  async close() {
    await this.application.close();
    await Promise.all(this.#parts.clients.map(endProgram));
    await Promise.all(this.#parts.agents.map(endProgram));
    await this.device.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
