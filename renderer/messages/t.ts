import { quoted } from '../../models/contract/message-syntax.ts';
import { compiledMessage } from './compiled-message.ts';
import type { MessageElements, MessageValues } from './message-values.ts';
import { pageLocale } from './page-locale.ts';

type Arguments<Message extends string> = string extends Message
	? [needs: 'a literal message; for a text made elsewhere there is translate()']
	: [MessageElements<Message>] extends [never]
		? keyof MessageValues<Message> extends never
			? [values?: Record<never, never>, note?: string]
			: [values: MessageValues<Message>, note?: string]
		: [needs: '<Trans>, because the message has tags'];

/**
 * Returns a message in the page's language. The English text is the key; values and plurals are in ICU's syntax:
 * `t('{count, plural, one {# sample} other {# samples}}', { count })`. A note tells two meanings of one text apart.
 */
export function t<const Message extends string>(message: Message, ...[values, note]: Arguments<Message>): string {
	return String(compiledMessage(message, note as string | undefined).format(values as Record<string, string | number>));
}

/** Returns a text marked by `phrase` elsewhere, such as a parameter's name, in the page's language if the catalogue has it. */
export function translate(text: string): string {
	const { messages, invent } = pageLocale();
	const message = quoted(text);
	if (invent === undefined && messages[message] === undefined) return text;
	return String(compiledMessage(message).format());
}
