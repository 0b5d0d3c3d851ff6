import { describe, expect, test } from 'vitest';
import type { PersonalKind } from '../../../../electron/contract/dataset/schema.ts';
import {
	findPersonalData,
	PersonalFindings,
	redactContent,
	redactText,
} from '../../../../electron/dataset/check/personal-data.ts';

const kinds: PersonalKind[] = ['email', 'phone', 'iban', 'card', 'ip'];
const found = (text: string): string[] =>
	findPersonalData(text, kinds).map(({ kind, start, end }) => `${kind} ${text.slice(start, end)}`);

describe('personal data', () => {
	test.for([
		['Write to jane.doe+news@mail.acme-corp.co.uk.', 'email jane.doe+news@mail.acme-corp.co.uk'],
		['Call +49 171 234 56 78 or not.', 'phone +49 171 234 56 78'],
		['(415) 555-2671 is the office', 'phone (415) 555-2671'],
		['415-555-2671', 'phone 415-555-2671'],
		['Tel.: 0171/2345678', 'phone 0171/2345678'],
		['IBAN DE89 3704 0044 0532 0130 00, thanks', 'iban DE89 3704 0044 0532 0130 00'],
		['GB82WEST12345698765432', 'iban GB82WEST12345698765432'],
		['card 4111 1111 1111 1111 exp', 'card 4111 1111 1111 1111'],
		['378282246310005', 'card 378282246310005'],
		['from 8.8.4.4 at noon', 'ip 8.8.4.4'],
		['host 2a00:1450:4001:830::200e up', 'ip 2a00:1450:4001:830::200e'],
	] as const)('is found: %s', ([text, expected]) => {
		expect(found(text)).toEqual([expected]);
	});

	test.for([
		'It costs 4,111,111,111,111 dong.',
		'4111 1111 1111 1112',
		'DE89 3704 0044 0532 0130 01',
		'DE89 3704 0044',
		'someone@example.com',
		'version 1.2.3.4.5',
		'192.168.1.20 and 127.0.0.1 and 10.0.0.1',
		'at 12:30:45 on 2026-11-24',
		'ISBN 978-3-16-148410-0',
		'std::vector::size and a::b',
		'the sum is 1234567890123456',
		'2 + 3 = 5 and 10 - 4 = 6',
		'::1 fe80::1 2001:db8::1',
		'I have 1200 300 500 apples',
		'9999 999 9999 9999 999',
	])('is not seen where there is none: %s', (text) => {
		expect(found(text)).toEqual([]);
	});

	test('personal data is replaced by the name of its kind in every text of a sample, and nothing else changes', () => {
		expect(redactText('a@b.de, 8.8.8.8', kinds)).toEqual({ text: '[email], [ip]', replaced: 2 });
		expect(redactText('a@b.de, 8.8.8.8', ['ip'])).toEqual({ text: 'a@b.de, [ip]', replaced: 1 });
		const before = {
			input: [{ role: 'user' as const, content: 'I am a@b.de' }],
			target: 'a@b.de',
			choices: ['a@b.de', 'none'],
			variables: { mail: 'a@b.de', n: '1' },
			metadata: { task: 'mine', deep: [{ who: 'or 8.8.8.8' }], number: 5 },
			tags: ['t'],
			cluster: null,
		};
		const { content, replaced } = redactContent(before, kinds);
		// The column that became the target is not a separate field, neither here nor in the count before it.
		const findings = new PersonalFindings(kinds);
		findings.examine({ id: 1, key: 's' }, before);
		expect([replaced, findings.report().count]).toEqual([4, 4]);
		expect(findings.report().findings.map(({ field }) => field)).toEqual(['input', 'target', 'choices', 'deep']);
		expect(content).toEqual({
			input: [{ role: 'user', content: 'I am [email]' }],
			target: '[email]',
			choices: ['[email]', 'none'],
			variables: { mail: '[email]', n: '1' },
			metadata: { task: 'mine', deep: [{ who: 'or [ip]' }], number: 5 },
			tags: ['t'],
			cluster: null,
		});
		expect(redactContent(content, kinds).replaced).toBe(0);
	});

	test('the search takes linear time: 200,000 characters that almost match', () => {
		for (const text of [
			'a.'.repeat(100_000),
			'1 '.repeat(100_000),
			'a@'.repeat(100_000),
			'1:'.repeat(100_000),
			'DE89 '.repeat(40_000),
		]) {
			const began = performance.now();
			findPersonalData(text, kinds);
			expect(performance.now() - began).toBeLessThan(3_000);
		}
	});
});
