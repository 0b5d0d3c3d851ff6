import { ORPCError } from '@orpc/client';
import { afterEach, expect, test } from 'vitest';
import { Failure } from '../../../models/contract/failure.ts';
import { amount, said } from '../../../models/contract/said.ts';
import { translateAnswers } from '../../../renderer/connection/translate-answers.ts';
import { forgetCompiledMessages } from '../../../renderer/messages/compiled-message.ts';
import { setPageLocale } from '../../../renderer/messages/page-locale.ts';

const german = {
	'The file {0} is gone': 'Die Datei {0} ist weg',
	'Delete {0, plural, one {# file} other {# files}}': '{0, plural, one {# Datei} other {# Dateien}} löschen',
};
const failure = new Failure({
	code: 'gone',
	message: said`The file ${'The file'} is gone`,
	next: [said`Delete ${amount(2, 'file')}`, said`Not translated`],
}).facts();

function use(tag: string): void {
	forgetCompiledMessages();
	setPageLocale({ tag, direction: 'ltr', messages: tag === 'de' ? german : {} });
}

async function answerTo(answer: () => unknown): Promise<unknown> {
	return translateAnswers({ call: async () => answer() }).call([], undefined, { context: {} });
}

afterEach(() => use('en'));

test('what the application says arrives in the page’s language, wherever it stands in an answer', async () => {
	use('de');
	const answer = await answerTo(() => ({ jobs: [{ failure, name: 'The file The file is gone' }], at: new Date(0) }));
	expect(answer).toMatchObject({
		jobs: [
			{
				failure: {
					code: 'gone',
					message: 'Die Datei The file ist weg',
					next: ['2 Dateien löschen', 'Not translated'],
				},
				name: 'The file The file is gone',
			},
		],
		at: new Date(0),
	});
});

test('a failed call and the values of a stream are withTranslations too', async () => {
	use('de');
	const error = new ORPCError('FAILED', { data: failure });
	await expect(
		answerTo(() => {
			throw error;
		}),
	).rejects.toMatchObject({ data: { message: 'Die Datei The file ist weg' } });
	async function* events(): AsyncGenerator<unknown> {
		yield { failure };
	}
	const stream = (await answerTo(events)) as AsyncGenerator<unknown>;
	for await (const event of stream) expect(event).toMatchObject({ failure: { message: 'Die Datei The file ist weg' } });
	expect.assertions(2);
});

test('in English an answer is passed on untouched', async () => {
	const value = { failure };
	expect(await answerTo(() => value)).toBe(value);
});
