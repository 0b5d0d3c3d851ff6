import { HttpError } from './errors.ts';

/**
 * Runs `work`, which reads a request that was brought into OpenAI's form: what it refuses is refused by the names that the
 * client's own protocol has for the fields. A message begins with the field.
 */
export function withFieldNames<Result>(nameOf: (field: string) => string, work: () => Result): Result {
	try {
		return work();
	} catch (error) {
		if (!(error instanceof HttpError)) throw error;
		const { status, message, param, ...more } = error.facts;
		throw new HttpError(
			status,
			message.replace(/^[a-z_]+(?:\.\w+)*/, (field) => nameOf(field)),
			{ ...more, param: param === null ? null : nameOf(param) },
		);
	}
}

/**
 * Returns how fields are named: `messages` are the client's fields that became the messages, `others` names of fields that
 * are called otherwise, with their beginnings.
 */
export function fieldNames(messages: readonly string[], others: Readonly<Record<string, string>>) {
	return (field: string): string => {
		const [, index, rest = ''] = /^messages\.(\d+)(.*)$/.exec(field) ?? [];
		const message = index === undefined ? undefined : messages[Number(index)];
		if (message !== undefined) return `${message}${rest}`;
		const known = Object.keys(others).find((name) => field === name || field.startsWith(`${name}.`));
		return known === undefined ? field : `${others[known]}${field.slice(known.length)}`;
	};
}
