import type { AccessProtocol, SpokenProtocol } from '@sercli/protocol';
import type { AccepterSessionOptions } from './accepter-options.ts';
import { AutoTranslator } from './auto-translator.ts';
import { NullmodemTranslator } from './nullmodem-translator.ts';
import { RawTranslator } from './raw-translator.ts';
import { TelnetTranslator, type TelnetTranslatorOptions } from './telnet-translator.ts';
import type { Translator, TranslatorSession } from './translator.ts';

const defaultSignature = 'sercli';

export function makeTranslator(
  protocol: AccessProtocol,
  session: TranslatorSession,
  options: AccepterSessionOptions,
): Translator {
  const { allowsSettings = true } = options;
  switch (protocol) {
    case 'raw':
      return new RawTranslator(session);
    case 'nullmodem':
      return new NullmodemTranslator(session, allowsSettings);
    case 'telnet':
      return telnetTranslator(session, options, { protocol, comPort: allowsSettings ? 'accepted' : 'refused' });
    case 'rfc2217':
      return telnetTranslator(session, options, { protocol, comPort: 'offered' });
    case 'auto':
      return autoTranslator(session, options);
    default:
      return protocol satisfies never;
  }
}

function telnetTranslator(
  session: TranslatorSession,
  { allowsSettings = true, telnetBreakOnSync = false, signature = defaultSignature }: AccepterSessionOptions,
  spoken: Pick<TelnetTranslatorOptions, 'protocol' | 'comPort' | 'comPortAgreed'>,
): Translator {
  return new TelnetTranslator(session, { ...spoken, allowsSettings, breakOnSync: telnetBreakOnSync, signature });
}

/** Who negotiates is offered com-port control, and called a telnet client until it takes it up. */
function autoTranslator(session: TranslatorSession, options: AccepterSessionOptions): Translator {
  const decided = (protocol: SpokenProtocol): void => options.onDecided?.(protocol);
  return new AutoTranslator(session, {
    make: (protocol) =>
      protocol === 'telnet'
        ? telnetTranslator(session, options, { protocol, comPort: 'offered', comPortAgreed: () => decided('rfc2217') })
        : makeTranslator(protocol, session, options),
    decided,
  });
}
