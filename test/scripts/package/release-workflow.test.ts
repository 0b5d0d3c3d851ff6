import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

interface Step {
	readonly run?: string;
	readonly env?: Readonly<Record<string, string>>;
}

interface Job {
	readonly env?: Readonly<Record<string, string>>;
	readonly steps: readonly Step[];
}

const path = join(import.meta.dirname, '..', '..', '..', '.github', 'workflows', 'release.yml');
const { jobs } = parse(readFileSync(path, 'utf8')) as { jobs: Readonly<Record<string, Job>> };

/** An expression of which a secret itself is the value. */
const isSecret = (value: string): boolean => /secrets\.\w+\b(?! != '')/.test(value);

describe.each(Object.entries(jobs))('the job “%s” of a release', (_name, { env = {}, steps }) => {
	test('gives its secrets to no install script', () => {
		const installs = steps.filter(({ run }) => run?.includes('npm ci'));
		expect(installs.length).toBeGreaterThan(0);
		for (const values of [env, ...installs.map((step) => step.env ?? {})]) {
			expect(Object.entries(values).filter(([, value]) => isSecret(value))).toEqual([]);
		}
		expect(installs.map(({ run }) => run)).toEqual(installs.map(() => 'npm ci'));
	});
});

test('the notes are those of the annotated tag, which the checkout does not bring', () => {
	const { run = '' } = jobs.release?.steps.find((step) => step.run?.includes('notes.txt')) ?? {};
	expect(run.indexOf('git fetch --force')).toBeGreaterThanOrEqual(0);
	expect(run.indexOf('git fetch --force')).toBeLessThan(run.indexOf('git tag -l'));
});
