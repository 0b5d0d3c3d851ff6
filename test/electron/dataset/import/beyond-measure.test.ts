import { join } from 'node:path';
import { expect, test } from 'vitest';
import { datasetsForTest, importing, previewing, samplesOf } from '../../../support/dataset.ts';
import { writeFiles } from '../../../support/import-export.ts';

function file(name: string, content: string): string {
	return join(writeFiles({ [name]: content }), name);
}

test('ten million levels are skipped before parsing, which would take a gigabyte', async () => {
	const deep = `${'['.repeat(5_000_000)}${']'.repeat(5_000_000)}`;
	const fixture = datasetsForTest();
	const report = await importing(fixture, [file('a.jsonl', `{"question":"one","deep":${deep}}\n{"question":"two"}`)]);
	expect(samplesOf(fixture, report.version.id).map(({ input }) => input)).toEqual(['two']);
	expect(report.problems[0]?.what).toContain('it nests more than 5,000 levels deep');
});

test.for([
	[
		'a.csv',
		`${'a,'.repeat(100_000)}a\n${'1,'.repeat(100_000)}1\n`,
		/^Row 1 of a.csv has 100,001 columns; 2,000 can be read/,
	],
	['b.csv', `question,answer\nq,a\n${'1,'.repeat(100_000)}1\n`, /^Row 3 of b.csv has 100,001 columns/],
	[
		'c.jsonl',
		JSON.stringify(Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`c${n}`, 1]))),
		/it has more than 2,000 columns/,
	],
	[
		'd.yaml',
		`tests:\n${'- vars: {input: What?}\n'.repeat(400_000)}`,
		/^d.yaml can’t be read: YAML files are limited to 8 MB/,
	],
] as const)('a file beyond every measure ends with its cause at once: %s', async ([name, content, message]) => {
	const fixture = datasetsForTest();
	await expect(
		previewing(fixture, [file(name, content)]).then(({ preview }) => {
			throw new Error(preview.problems[0]?.what);
		}),
	).rejects.toThrow(message);
});
