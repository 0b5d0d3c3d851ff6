import { expect, test } from 'vitest';
import { failureOf } from '../../../support/failure.ts';
import { markedAgain, measured, talks } from '../rescoring.ts';
import { adds, setUp, sums } from '../setup.ts';

test('every export format is complete, also over several pieces', async () => {
	const hostile = 'x\u0000<]]>&"\'\n=1+1,\u{1F600}\uD800';
	const { evaluations, config, ended } = setUp(sums(250), {
		answer: (row, place) =>
			place.text.startsWith('5 ')
				? { text: hostile }
				: place.text.startsWith('6 ')
					? { failure: { code: 'x', message: 'No <room>.', next: [] } }
					: adds()(row, place),
	});
	const { id, arms } = await ended((await evaluations.start(config({ shardSize: 64 }))).id);
	const whole = (format: 'json' | 'csv' | 'junit' | 'inspect' | 'promptfoo'): string => {
		let text = '';
		let pieces = 0;
		for (let after: number | null = null; ; ) {
			const piece = evaluations.export(id, { format, armId: null, after });
			text += piece.text;
			pieces += 1;
			after = piece.next;
			if (after === null) break;
		}
		expect(pieces).toBe(3);
		return text;
	};
	const json = JSON.parse(whole('json')) as { run: { id: number }; rows: { key: string; output: string }[] };
	expect(json.run.id).toBe(id);
	expect(json.rows.map(({ key }) => key)).toEqual(sums(250).map(({ key }) => key));
	const csv = whole('csv').split('\r\n');
	expect(csv[0]).toBe(
		'combination,model,prompt,technique,sample,answer_number,input,target,output,answer,exact,failure,prompt_tokens,completion_tokens,ms',
	);
	const junit = whole('junit');
	expect(junit.match(/<testcase /g)).toHaveLength(250);
	expect(junit.match(/<failure /g)).toHaveLength(1);
	expect(junit.match(/<error /g)).toHaveLength(1);
	expect(junit).not.toMatch(/classname="(.+) \(\1\)"/);
	expect(junit).not.toMatch(/[\u0000\uD800-\uDFFF](?![\uDC00-\uDFFF])/u);
	const inspect = JSON.parse(whole('inspect'));
	expect(inspect).toMatchObject({
		version: 2,
		status: 'success',
		results: {
			total_samples: 250,
			completed_samples: 249,
			scores: [{ name: 'exact', metrics: { accuracy: { value: 248 / 249 } } }],
		},
	});
	expect(inspect.samples[5]).toMatchObject({ id: 'sum-5', epoch: 1, target: '6', scores: { exact: { value: 'I' } } });
	expect(inspect.samples[6]).toMatchObject({ error: { message: 'No <room>.' }, scores: {} });
	const promptfoo = JSON.parse(whole('promptfoo'));
	expect(promptfoo.results).toMatchObject({ version: 3, stats: { successes: 248, failures: 1, errors: 1 } });
	expect(promptfoo.results.results[0]).toMatchObject({
		success: true,
		score: 1,
		testIdx: 0,
		promptIdx: 0,
		gradingResult: { componentResults: [{ pass: true }] },
		// So that a reader of the export knows the expected answer.
		testCase: { assert: [{ type: 'equals', value: sums(1)[0]?.target }] },
	});
	expect(arms).toHaveLength(1);
}, 120_000);

test('a promptfoo export counts the rows that every scorer finds right, not only the first', async () => {
	const scorers = [{ kind: 'levenshtein' }, { kind: 'exact' }];
	const { evaluations, config, ended } = setUp(sums(12), { answer: adds(new Set([9, 10, 11])) });
	const { id } = await ended((await evaluations.start(config({ scorers }))).id);
	const { text } = evaluations.export(id, { format: 'promptfoo', armId: null, after: null });
	const { results } = JSON.parse(text);
	expect(results.stats).toMatchObject({ successes: 9, failures: 3, errors: 0 });
	expect(results.results.filter(({ success }: { success: boolean }) => success)).toHaveLength(9);
	const sum = results.results.reduce((total: number, { score }: { score: number }) => total + score, 0);
	expect(results.prompts[0].metrics).toMatchObject({ testPassCount: 9, score: sum });
});

test('an Inspect log holds one combination', async () => {
	const { evaluations, config, ended } = setUp(sums(3), { models: 2 });
	const { id, arms } = await ended((await evaluations.start(config())).id);
	expect(await failureOf(() => evaluations.export(id, { format: 'inspect', armId: null, after: null }))).toMatchObject({
		code: 'export-one-arm',
	});
	const log = JSON.parse(evaluations.export(id, { format: 'inspect', armId: arms[1]!.id, after: null }).text);
	expect(log.eval.model).toBe('Scripted Q4_0');
	const first = evaluations.export(id, { format: 'json', armId: null, after: null });
	const second = evaluations.export(id, { format: 'json', armId: null, after: first.next });
	expect(second.next).toBeNull();
	expect(JSON.parse(first.text + second.text).rows).toHaveLength(6);
});

test('a re-scored run exports its own scores and names the manifest that generated the outputs', async () => {
	const setup = setUp(sums(3), { answer: talks });
	const source = await measured(setup);
	const run = await markedAgain(setup, { id: source.id, scorers: [{ kind: 'includes' }] });
	const text = (format: 'json' | 'csv' | 'junit' | 'inspect' | 'promptfoo') =>
		setup.evaluations.export(run.id, { format, armId: null, after: null }).text;
	expect(JSON.parse(text('json'))).toMatchObject({
		run: { manifest: { marked: { runId: source.id, manifestHash: source.manifestHash } } },
		rows: [{ output: 'That makes 1.', scores: { includes: { value: 1 } } }, {}, {}],
	});
	expect(JSON.parse(text('inspect'))).toMatchObject({
		eval: { metadata: { manifest_hash: run.manifestHash, outputs_of_manifest: source.manifestHash } },
		samples: [
			{ output: { choices: [{ message: { content: 'That makes 1.' } }] }, scores: { includes: { value: 'C' } } },
			{},
			{},
		],
	});
	expect(JSON.parse(text('promptfoo')).results.stats).toMatchObject({ successes: 3, failures: 0, errors: 0 });
	expect(text('junit')).toContain(`<property name="outputs-of-manifest" value="${source.manifestHash}"/>`);
	expect(text('csv').split('\r\n')[1]).toContain('That makes 1.');
});
