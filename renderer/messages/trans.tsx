import { createElement, Fragment, type ReactNode } from 'react';
import { compiledMessage } from './compiled-message.ts';
import type { MessageElements, MessageValues } from './message-values.ts';

type Values<Message extends string> = {
	readonly [Name in keyof MessageValues<Message>]: number extends MessageValues<Message>[Name]
		? string extends MessageValues<Message>[Name]
			? ReactNode
			: MessageValues<Message>[Name]
		: MessageValues<Message>[Name];
} & { readonly [Name in MessageElements<Message>]: (words: ReactNode) => ReactNode };

/**
 * A message with elements in it, in the page's language: `<Trans text="Read the <link>guide</link>." values={{ link:
 * (words) => <a href="…">{words}</a> }} />`. Values may be elements too.
 */
export function Trans<const Message extends string>({
	text,
	values,
	note,
}: {
	text: Message;
	values: Values<Message>;
	note?: string;
}) {
	const made: unknown = compiledMessage(text, note).format<ReactNode>(asParts(values as Record<string, unknown>));
	return asChildren(made);
}

/** Returns a text's parts as children of their own, which unlike a list need no keys. */
function asChildren(parts: unknown): ReactNode {
	return createElement(Fragment, null, ...((Array.isArray(parts) ? parts : [parts]) as ReactNode[]));
}

/** Wraps the functions of elements, to which intl-messageformat hands the words as a list. */
function asParts(values: Record<string, unknown>): Record<string, never> {
	return Object.fromEntries(
		Object.entries(values).map(([name, value]) => [
			name,
			typeof value === 'function'
				? (parts: unknown) => (value as (words: ReactNode) => ReactNode)(asChildren(parts))
				: value,
		]),
	) as Record<string, never>;
}
