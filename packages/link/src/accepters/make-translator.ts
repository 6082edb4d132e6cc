import { type AccessProtocol, SercliError } from '@sercli/protocol';
import type { AccepterSessionOptions } from './accepter-options.ts';
import { RawTranslator } from './raw-translator.ts';
import type { Translator, TranslatorSession } from './translator.ts';

export function makeTranslator(
  protocol: AccessProtocol,
  session: TranslatorSession,
  _options: AccepterSessionOptions,
): Translator {
  if (protocol === 'raw') return new RawTranslator(session);
  throw new SercliError('internal', { what: `nothing speaks ${protocol} yet` });
}
