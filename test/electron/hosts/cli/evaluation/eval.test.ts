import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closeDatabase, connect } from '../../../../../electron/database/connect.ts';
import { all } from '../../../../../electron/database/sql.ts';
import { parseConfig } from '../../../../../electron/evaluation/parse-config-file.ts';
import { Failure } from '../../../../../models/contract/failure.ts';
import { writeTinyGguf } from '../../../../support/tiny-gguf.ts';
import { runCli, startCli } from '../run-cli.ts';

let folder: string;
let config: string;
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), 'assay-eval-'));
	writeTinyGguf(join(folder, 'one.F32.gguf'));
	writeTinyGguf(join(folder, 'two.F32.gguf'), { seed: 7, name: 'Two' });
	const rows = Array.from({ length: 12 }, (_, index) => `q${index},what is ${index} and the?,the`);
	writeFileSync(join(folder, 'questions.csv'), `id,input,target\n${rows.join('\n')}\n`);
	config = join(folder, 'eval.yaml');
	writeConfig({});
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function writeConfig(changes: object): void {
	const wanted = {
		name: 'Tiny',
		dataset: { file: 'questions.csv' },
		prompts: [{ name: 'Direct', template: '{{input}}' }],
		models: [join(folder, 'one.F32.gguf')],
		parameters: { maxTokens: 4 },
		// Every output matches: the run must not depend on what random weights say.
		scorers: [
			{ kind: 'regex', pattern: '', name: 'any' },
			{ kind: 'levenshtein', name: 'near' },
		],
		width: 4,
		shardSize: 6,
		threads: 1,
		contextSize: 256,
		...changes,
	};
	writeFileSync(
		config,
		JSON.stringify({
			...wanted,
			scorers: wanted.scorers.map((one) => ('pattern' in one ? { ...one, pattern: '.*' } : one)),
		}),
	);
}

const run = (...args: string[]) => runCli(['eval', ...args, '--json', '--data', join(folder, 'data')]);
/** The output is one document. */
const document = ({ stdout }: { stdout: string }) => JSON.parse(stdout);

test('a config file is estimated, run, listed, compared, checked against a baseline and exported', async () => {
	const estimate = await run('run', config, '--estimate');
	expect(estimate).toMatchObject({ code: 0, stderr: '' });
	expect(document(estimate)).toMatchObject({ estimate: { samples: 12, arms: 1, calls: 12, basis: 'none' } });

	writeConfig({ criteria: ['any >= 0.7', 'failed <= 50 %'] });
	const first = await run('run', config, '--junit', join(folder, 'rows.xml'));
	expect(first.code).toBe(0);
	const { run: done, held } = document(first);
	expect(held).toBe(true);
	expect(done).toMatchObject({ id: 1, name: 'Tiny', status: 'done', progress: { done: 12, errors: 0 } });
	expect(done.criteria.map(({ state }: { state: string }) => state)).toEqual(['met', 'met']);
	expect(readFileSync(join(folder, 'rows.xml'), 'utf8').match(/<testcase /g)).toHaveLength(12);

	// A failed criterion exits with 3; an undecided one only with --strict.
	writeConfig({ criteria: ['any >= 0.9'] });
	expect((await run('run', config, '--strict')).code).toBe(3);
	writeConfig({ criteria: ['any <= 0.1'] });
	const missed = await run('run', config);
	expect(missed.code).toBe(3);
	expect(document(missed)).toMatchObject({ held: false });

	// The file and the prompt are imported only once.
	const { runs } = document(await run('list'));
	expect(runs).toHaveLength(3);
	expect(new Set(runs.map(({ dataset }: { dataset: { id: number } }) => dataset.id)).size).toBe(1);
	expect(
		new Set(runs.map(({ arms }: { arms: { prompt: { versionId: number } }[] }) => arms[0]?.prompt.versionId)).size,
	).toBe(1);

	// The same manifest gives the same rows, so nothing is worse than the baseline.
	expect((await run('baseline', '1')).code).toBe(0);
	writeConfig({ gate: { baseline: 'marked', scorer: 'near' } });
	const gated = await run('run', config);
	expect(gated.code).toBe(0);
	expect(document(gated).gate).toMatchObject({
		held: true,
		baselineRunId: 1,
		checks: [{ held: true, comparison: { pairs: [{ verdict: 'same', n: 12 }] } }],
	});

	// An output can be scored by hand, and the score removed.
	expect(document(await run('score', '1', '2', '1', '--note', 'Fine'))).toMatchObject({
		position: 1,
		score: { value: 1, note: 'Fine' },
		before: null,
		metric: { n: 1, value: 1 },
	});
	expect(document(await run('score', '1', '2', '--clear'))).toMatchObject({ before: { value: 1 }, metric: null });
	expect((await run('score', '1', '2')).code).toBe(2);
	expect(document(await run('score', '1', '99', '1')).error).toMatchObject({ code: 'row-unknown' });

	writeConfig({ models: [join(folder, 'two.F32.gguf')] });
	const other = document(await run('run', config)).run;
	const compared = await run('compare', '1', String(other.id), '--scorer', 'near', '--differences', '3');
	expect(compared.code).toBe(0);
	expect(document(compared)).toMatchObject({
		comparison: { n: 12, unfair: [], pairs: [{ n: 12 }] },
		differences: { rows: expect.any(Array) },
	});

	const path = join(folder, 'log.json');
	expect((await run('export', '1', '--format', 'inspect', '--output', path)).code).toBe(0);
	expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ status: 'success', samples: { length: 12 } });
	expect(existsSync(`${path}.unfinished`)).toBe(false);
	const again = join(folder, 'again.yaml');
	expect((await run('export', '1', '--format', 'config', '--output', again)).code).toBe(0);
	expect(document(await run('run', again)).run.manifestHash).toBe(done.manifestHash);
	expect(document(await run('export', '1'))).toMatchObject({ format: 'assay-evaluation', rows: { length: 12 } });
}, 420_000);

test('outputs of a run are re-scored by options or a config, and checked against criteria and a baseline', async () => {
	writeConfig({ name: 'Marked', scorers: [{ kind: 'exact', name: 'score' }] });
	const source = document(await run('run', config)).run;
	const text = [
		'mark',
		String(source.id),
		'--scorer',
		'{kind: javascript, name: score, code: "function score() { return 1 }"}',
	];
	const estimate = await run(...text, '--extract', 'last-line', '--estimate');
	expect(estimate).toMatchObject({ code: 0, stderr: '' });
	expect(document(estimate).plan).toMatchObject({
		outputs: 12,
		words: '12 outputs are re-scored; no answer is generated.',
	});
	const junit = join(folder, 'marked.xml');
	const better = await run(
		...text,
		'--extract',
		'last-line',
		'--criterion',
		'score >= 70 %',
		'--baseline',
		String(source.id),
		'--junit',
		junit,
	);
	expect(better.code).toBe(0);
	expect(document(better)).toMatchObject({
		held: true,
		run: {
			name: 'Marked (re-scored)',
			markedOf: source.id,
			criteria: [{ state: 'met' }],
			config: { techniques: [{ extract: { kind: 'last-line' } }] },
		},
		gate: { checks: [{ comparison: { unfair: [{ code: 'same-outputs' }] } }] },
	});
	expect(readFileSync(junit, 'utf8').match(/<testcase /g)).toHaveLength(12);

	// A file for `eval run` works too: its scorers, criteria and gate are used.
	writeConfig({
		scorers: [{ kind: 'javascript', name: 'score', code: 'function score() { return 0 }' }],
		criteria: ['score <= 0.9'],
		gate: { baseline: document(better).run.id },
	});
	const worse = await run('rescore', String(source.id), config, '--name', 'Worse');
	expect(worse.code).toBe(3);
	expect(document(worse)).toMatchObject({
		run: { name: 'Worse', criteria: [{ state: 'met' }] },
		gate: { held: false },
	});
	expect(document(worse).gate.checks[0].words).toMatch(/^Worse scores 100\.0 points lower than /);

	// A comparison with the source run needs a scorer in common.
	const named = await run('mark', String(source.id), '--scorer', 'includes', '--baseline', String(source.id));
	expect(document(named).gate.checks[0].comparison.sides).toMatchObject([{ scorer: 'score' }, { scorer: 'includes' }]);

	writeConfig({ techniques: ['zero-shot', 'chain-of-thought'] });
	expect(document(await run('rescore', String(source.id), config)).error).toMatchObject({ code: 'technique-other' });
	expect(document(await run('mark', String(source.id), '--scorer', 'choice')).error).toMatchObject({
		code: 'scorer-fits-nothing',
	});
	expect((await run('mark', String(source.id), '--scorer', 'nonsense')).code).toBe(2);

	// Without a change there is nothing to re-score: the person wants the baseline.
	const before = document(await run('list')).runs.length;
	const unchanged = await run('mark', String(source.id));
	expect(unchanged.code).toBe(2);
	expect(document(unchanged).error.message).toContain(`assay eval baseline ${source.id}`);
	expect(document(await run('list')).runs).toHaveLength(before);
	expect(document(await run('retry', String(document(worse).run.id))).error).toMatchObject({ code: 'run-marked' });
}, 240_000);

test('a run that is worse than its baseline ends with exit code 3', async () => {
	writeConfig({ name: 'Good', scorers: [{ kind: 'regex', pattern: '.*', name: 'score' }], epochs: 1 });
	const good = document(await run('run', config)).run;
	writeConfig({
		name: 'Bad',
		scorers: [{ kind: 'javascript', name: 'score', code: 'function score() { return 0; }' }],
	});
	const bad = await run('run', config, '--baseline', String(good.id));
	expect(bad.code).toBe(3);
	const { gate } = document(bad);
	expect(gate.checks[0].words).toContain('is worse than');
	// The other scoring rules are reported before anything else.
	expect(gate.checks[0].comparison.unfair[0]).toMatchObject({ code: 'scorer', serious: true });
	expect((await run('run', config, '--baseline', 'nonsense')).code).toBe(2);
}, 240_000);

test('a command that ends with a result refuses a place that it can’t write to before it measures anything', async () => {
	const nowhere = join(folder, 'none', 'result.json');
	for (const verb of ['resume', 'retry', 'repeat', 'rescore']) {
		for (const option of ['--json-file', '--junit']) {
			const change = verb === 'rescore' ? ['--scorer', 'exact'] : [];
			const refused = await run(verb, '1', option, nowhere, ...change);
			expect([verb, option, document(refused).error.code]).toEqual([verb, option, 'file-unwritable']);
		}
	}
	expect((await run('resume', '1', '--baseline', 'nonsense')).code).toBe(2);
}, 120_000);

test('a name of a file that doesn’t exist says where the file was looked for', async () => {
	const missing = join(folder, 'missing.jsonl');
	for (const dataset of ['missing.jsonl', { name: 'missing.jsonl' }]) {
		writeConfig({ dataset });
		const { error } = document(await run('run', config));
		expect(error).toMatchObject({ code: 'file-unreadable', message: expect.stringContaining(`no file ${missing}`) });
	}
	writeConfig({ dataset: 'questions.csv' });
	const { error } = document(await run('run', config));
	expect(error.next[0]).toBe('Name it as a file in the config: {file: questions.csv}');
	writeConfig({ dataset: 'Nothing' });
	expect(document(await run('run', config)).error.code).toBe('dataset-unknown');

	const training = join(folder, 'train.yaml');
	for (const data of ['missing.jsonl', { dataset: 'missing.jsonl' }]) {
		writeFileSync(training, JSON.stringify({ model: join(folder, 'one.F32.gguf'), data }));
		const trained = await runCli(['train', 'sft', training, '--check', '--json', '--data', join(folder, 'data')]);
		expect(document(trained).error).toMatchObject({
			code: 'file-unreadable',
			message: expect.stringContaining(`no file ${missing}`),
		});
	}
}, 120_000);

test('Ctrl+C pauses a run, which resumes with the same answers', async () => {
	const rows = Array.from({ length: 600 }, (_, index) => `r${index},tell of ${index} and the,the`);
	writeFileSync(join(folder, 'many.csv'), `id,input,target\n${rows.join('\n')}\n`);
	writeConfig({ name: 'Long', dataset: { file: 'many.csv' }, parameters: { maxTokens: 48 }, width: 1 });
	const started = startCli(['eval', 'run', config, '--data', join(folder, 'data')]);
	const database = connect(join(folder, 'data', 'assay.db'));
	const done = () =>
		all<{ n: number }>(
			database,
			`SELECT COUNT(*) AS n FROM eval_results r JOIN eval_arms a ON a.id = r.arm_id
			 JOIN eval_runs e ON e.id = a.run_id WHERE e.name = 'Long'`,
		)[0]?.n ?? 0;
	while (done() === 0) await new Promise((resolve) => setTimeout(resolve, 20));
	closeDatabase(database);
	started.interrupt();
	expect((await started.end).code).toBe(130);
	const { runs } = document(await run('list'));
	const paused = runs.find(({ name }: { name: string }) => name === 'Long');
	expect(paused).toMatchObject({ status: 'paused' });
	expect(paused.progress.done).toBeLessThan(600);
	const result = join(folder, 'resumed.json');
	const resumed = await run('resume', String(paused.id), '--json-file', result);
	expect(resumed.code).toBe(0);
	expect(JSON.parse(readFileSync(result, 'utf8'))).toMatchObject({ format: 'assay-evaluation', rows: { length: 600 } });
	expect(document(resumed).run).toMatchObject({ status: 'done', progress: { done: 600, errors: 0 } });
	expect(document(resumed).run.repeatable).not.toBe('no');
}, 300_000);

describe('errors in a config file', () => {
	const good = 'dataset: Sums\nprompts: Plain\nscorers: [exact]\n';
	const problem = (text: string): string[] => {
		try {
			parseConfig(text, 'e.yaml');
		} catch (error) {
			if (!(error instanceof Failure)) throw error;
			expect(error.code).toBe('config-invalid');
			return [error.message, ...error.next.slice(0, -1)];
		}
		throw new Error('nothing is wrong with it');
	};

	test('are absent from a valid file', () => {
		expect(parseConfig(`${good}criteria: ["exact ≥ 85 %", latency-p95 <= 2 s]\n`, 'e.yaml').criteria).toEqual([
			{ metric: 'exact', operator: 'at-least', value: 0.85 },
			{ metric: 'latency-p95', operator: 'at-most', value: 2 },
		]);
		expect(
			parseConfig('{"dataset": "Sums", "prompts": ["a", {"name": "b", "version": 2}], "scorers": "exact"}', 'e.json')
				.prompts,
		).toHaveLength(2);
	});

	test.each([
		[
			'an unknown scorer',
			'dataset: Sums\nprompts: Plain\nscorers:\n  - kind: exct\n',
			/^e\.yaml:4:11: scorers\[0\]\.kind: must be one of exact, includes/,
		],
		['a word instead of a number', `${good}epochs: two\n`, /^e\.yaml:4:9: epochs: expected number, received string$/],
		['a missing field', 'dataset: Sums\nscorers: [exact]\n', /^e\.yaml:1:1: prompts: /],
		['a misspelt field', `${good}epoch: 2\n`, /^e\.yaml:4:8: epoch: unknown field; did you mean “epochs”\?$/],
		['a field that is like no other', `${good}generation: {}\n`, /^e\.yaml:4:13: generation: unknown field$/],
		[
			'a margin in points',
			`${good}gate: {baseline: 1, margin: 5}\n`,
			/gate\.margin: must be a share from 0 to 1: 0\.02 is 2 points$/,
		],
		[
			'a misspelt field of a scorer',
			'dataset: Sums\nprompts: Plain\nscorers:\n  - kind: exact\n    ignorCase: true\n',
			/^e\.yaml:5:16: scorers\[0\]\.ignorCase: unknown field$/,
		],
		['an invalid criterion', `${good}criteria: [exact is good]\n`, /^e\.yaml:4:12: criteria\[0\]: /],
		[
			'a configuration of promptfoo',
			'prompts: [a]\nproviders: [b]\ntests: []\n',
			/^e\.yaml is a configuration of promptfoo\.$/,
		],
		['invalid YAML', 'dataset: [\n', /^e\.yaml:2:1: /],
		[
			'a bomb of aliases',
			`a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [${'*a,'.repeat(60)}*a]\nc: [${'*b,'.repeat(60)}*b]\n`,
			/^e\.yaml: /,
		],
	])('%s', (_, text, expected) => {
		expect(problem(text)[0]).toMatch(expected);
	});

	test('are all reported at once', () => {
		expect(problem('dataset: Sums\nprompts: Plain\nscorers: [exct]\nseed: -1\n')).toHaveLength(2);
	});
});
