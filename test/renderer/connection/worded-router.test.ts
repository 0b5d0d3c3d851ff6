import { MessageChannel } from 'node:worker_threads';
import { createORPCClient, safe } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import type { ContractRouterClient } from '@orpc/contract';
import { RPCHandler } from '@orpc/server/message-port';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import type { Contract } from '../../../electron/contract/contract.ts';
import { translateAnswers } from '../../../renderer/connection/translate-answers.ts';
import { forgetCompiledMessages } from '../../../renderer/messages/compiled-message.ts';
import { setPageLocale } from '../../../renderer/messages/page-locale.ts';
import { pseudoLocale } from '../../../renderer/messages/pseudo-locale.ts';
import { openCopy } from '../../frozen/golden.ts';

beforeEach(() => {
	forgetCompiledMessages();
	setPageLocale(pseudoLocale('long'));
});

afterEach(() => {
	forgetCompiledMessages();
	setPageLocale({ tag: 'en', direction: 'ltr', messages: {} });
});

/** Opens the application on the data folder of an earlier build, as a page in another language meets it. */
async function openPage(): Promise<ContractRouterClient<Contract>> {
	const { application } = await openCopy();
	const { port1, port2 } = new MessageChannel();
	new RPCHandler(application.router).upgrade(port1, { context: {} });
	port1.start();
	port2.start();
	onTestFinished(() => port2.close());
	return createORPCClient(translateAnswers(new RPCLink({ port: port2 })));
}

/** The pseudo-locale writes every vowel with an accent; names, numbers and what Intl puts between them stay as they are. */
const plainVowels = /[aeiouAEO]/;

function withoutNames(text: string, names: readonly string[]): string {
	return names
		.toSorted((a, b) => b.length - a.length)
		.reduce((rest, name) => rest.replaceAll(name, ''), text.normalize());
}

test('a failure of the application arrives withTranslations in the page’s language', async () => {
	const client = await openPage();
	const { error } = await safe(client.conversations.get({ id: 7_000 }));
	const { message, next } = (error as unknown as { data: { message: string; next: string[] } }).data;
	expect(message).toContain('7000');
	expect(message.normalize()).not.toMatch(plainVowels);
	expect(next.join(' ')).not.toBe('');
	expect(next.join(' ')).not.toContain('List');
});

test('a verdict, its rows and a comparison of runs arrive withTranslations in the page’s language', async () => {
	const client = await openPage();
	const comparisons = await Promise.all([1, 2].map((id) => client.comparisons.get({ id })));
	const decided = comparisons.filter(({ verdict }) => verdict !== null);
	expect(decided).not.toEqual([]);
	for (const { verdict, rows } of decided) {
		const names = [...rows.map(({ name }) => name), 'KL', 'and'];
		for (const text of [verdict?.text ?? '', verdict?.detail ?? '', ...rows.map(({ reason }) => reason)])
			expect(withoutNames(text, names)).not.toMatch(plainVowels);
	}
	const { runs } = await client.evaluations.list({});
	const done = runs.find(({ name }) => name === 'Sums, two ways');
	const arms = done?.arms.slice(0, 2) ?? [];
	const compared = await client.evaluations.compare({ arms: arms.map(({ id }) => id) });
	const labels = compared.sides.map(({ arm }) => arm.label);
	expect(compared.words).not.toBe('');
	for (const text of [compared.words, ...compared.pairs.map(({ words }) => words)])
		expect(withoutNames(text, labels)).not.toMatch(plainVowels);
});
