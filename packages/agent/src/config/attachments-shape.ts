import { homedir } from 'node:os';
import { join } from 'node:path';
import { formatPortAddress, parsePortAddress } from '@sercli/protocol';
import type { AttachmentConfig } from './config.ts';
import { lineSettingsShape } from './line-settings-shape.ts';
import { flag, parsedText, text } from './scalar-shapes.ts';
import { described, list, mapping, refined, type Shape, section } from './shape.ts';
import { reportTwins } from './twins.ts';

const addressShape = parsedText('an address as SerialMachine/ttyS0', parsePortAddress, {
  examples: ['SerialMachine/ttyS0', '192.168.1.7:7372/plc', '[fe80::1%eth0]/ttyS0'],
});

const linkShape = refined(text('an absolute path, or one that begins with ~/', /^(\/|~\/)./), (path) =>
  path.startsWith('~/') ? join(homedir(), path.slice(2)) : path,
);

const modeShape = refined(text('a file mode of three octal digits, as 0660', /^0?[0-7]{3}$/), (mode) =>
  Number.parseInt(mode, 8),
);

const attachmentShape: Shape<AttachmentConfig> = refined(
  mapping({
    address: described('The port to attach: HOST/PORT.', addressShape),
    link: described('Path of the link to the virtual port; ~/dev/PORT unless said otherwise.', linkShape),
    settings: described('What the line is set to at the beginning.', lineSettingsShape),
    fixedSettings: described('Whether what applications set stays away from the device.', flag()),
    mode: described('File mode of the virtual port, in quotes.', modeShape),
    owner: described('Owner of the virtual port, a user.', text('the name of a user')),
    group: described('Group of the virtual port.', text('the name of a group')),
    waitSlave: described('Whether the far port is open only while a program has the virtual one open.', flag()),
  }),
  ({ address, settings = {}, fixedSettings = false, waitSlave = false, ...rest }, node) => {
    if (address === undefined) return void node.report('has no address; add one, as address: SerialMachine/ttyS0');
    return { address, settings, isFixed: fixedSettings, isOnDemand: waitSlave, ...rest };
  },
  { required: ['address'] },
);

/** No two of them attach the same port or have the same link. */
export const attachmentsShape: Shape<readonly AttachmentConfig[]> = refined(
  section(list(attachmentShape)),
  (attachments) => {
    reportTwins(attachments, ({ address }) => formatPortAddress(address), 'attaches the same port as');
    reportTwins(attachments, ({ link }) => link, 'has the same link as');
    return attachments.map(({ value }) => value);
  },
);
