import { parse } from '@formatjs/icu-messageformat-parser';
import { IntlMessageFormat } from 'intl-messageformat';
import { expect, test } from 'vitest';
import { catalogueTags, readCatalogue } from '../../../scripts/messages/catalogues.ts';
import { root } from '../../architecture/sources.ts';

const messages = '{count, plural, one {# message} other {# messages}}';

test.each([
	['de', ['0 Nachrichten', '1 Nachricht', '2 Nachrichten', '1.000.000 Nachrichten']],
	// French counts nothing as singular.
	['fr', ['0 message', '1 message', '2 messages', '1\u202F000\u202F000 messages']],
	['es', ['0 mensajes', '1 mensaje', '2 mensajes', '1.000.000 mensajes']],
	['ja', ['0件のメッセージ', '1件のメッセージ', '2件のメッセージ', '1,000,000件のメッセージ']],
	['zh-Hans', ['0 条消息', '1 条消息', '2 条消息', '1,000,000 条消息']],
])('%s counts as its speakers do', (tag, expected) => {
	const format = new IntlMessageFormat(readCatalogue(root, tag)[messages] ?? '', tag);
	expect([0, 1, 2, 1_000_000].map((count) => format.format({ count }))).toEqual(expected);
});

test.each(catalogueTags(root))('%s words every count of every message', (tag) => {
	const counting = Object.values(readCatalogue(root, tag)).filter((translation) => translation.includes(', plural,'));
	expect(counting.length).toBeGreaterThan(200);
	for (const translation of counting) {
		const names = new Set([...translation.matchAll(/\{(\w+)/g)].map(([, name = '']) => name));
		const tags = new Set([...translation.matchAll(/<(\w+)>/g)].map(([, name = '']) => name));
		const format = new IntlMessageFormat(parse(translation), tag);
		for (const count of [0, 1, 2, 5, 21, 1_000_000]) {
			const values = Object.fromEntries([...names].map((name) => [name, count]));
			const elements = Object.fromEntries([...tags].map((name) => [name, (parts: unknown[]) => parts.join('')]));
			expect(String(format.format({ ...values, ...elements })), translation).not.toMatch(/undefined|\[object|[{}#]/);
		}
	}
});

test.each(['de', 'es', 'fr'])('%s keeps a number and its percent sign on one line', (tag) => {
	const breaking = Object.values(readCatalogue(root, tag)).filter((translation) => /[\d}] %/.test(translation));
	expect(breaking).toEqual([]);
});
